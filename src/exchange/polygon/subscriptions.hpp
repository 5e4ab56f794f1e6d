#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "exchange/polygon/tickers.hpp"
#include "exchange/protocol/message.hpp"

namespace plumb::exchange::polygon {

/// What may be subscribed to. A is the second of stocks and AM the minute; XA is the minute of crypto and XAS
/// the second.
enum class Topic : unsigned char { trade, quote, second, minute };
inline constexpr std::size_t kTopics = 4;

/// "T" of stocks, "XT" of crypto; nothing for a topic that this cluster has not.
std::optional<Topic> parse_topic(bool is_stock, std::string_view prefix);
std::string_view prefix_of(bool is_stock, Topic topic);

/// Who wants what.
class Subscriptions {
 public:
    explicit Subscriptions(std::size_t markets);

    void set(StreamId stream, Topic topic, InstrumentId market, bool on);
    /// Every market of a cluster ("T.*").
    void set_all(StreamId stream, Topic topic, bool is_stock, bool on);
    void remove(StreamId stream);
    /// Each once, in order, into `found` (cleared first).
    void find(Topic topic, const Ticker& ticker, std::vector<StreamId>& found) const;
    bool is_wanted(Topic topic, const Ticker& ticker) const;

 private:
    using Set = std::vector<StreamId>;  // in order
    static std::size_t at_market(Topic topic, InstrumentId market);
    static std::size_t at_cluster(Topic topic, bool is_stock);

    std::vector<Set> markets_;   // by market, then topic
    std::vector<Set> clusters_;  // by topic, then crypto or stocks
};

}  // namespace plumb::exchange::polygon
