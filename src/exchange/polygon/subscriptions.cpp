#include "exchange/polygon/subscriptions.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace plumb::exchange::polygon {
namespace {

constexpr std::array<std::string_view, kTopics> kStocks = {"T", "Q", "A", "AM"};
constexpr std::array<std::string_view, kTopics> kCrypto = {"XT", "XQ", "XAS", "XA"};

void put(std::vector<StreamId>& set, StreamId stream, bool on) {
    const auto at = std::ranges::lower_bound(set, stream);
    const bool there = at != set.end() && *at == stream;
    if (on && !there) set.insert(at, stream);
    if (!on && there) set.erase(at);
}

}  // namespace

std::optional<Topic> parse_topic(bool is_stock, std::string_view prefix) {
    const auto& prefixes = is_stock ? kStocks : kCrypto;
    const auto found = std::ranges::find(prefixes, prefix);
    if (found == prefixes.end()) return std::nullopt;
    return static_cast<Topic>(found - prefixes.begin());
}

std::string_view prefix_of(bool is_stock, Topic topic) {
    return (is_stock ? kStocks : kCrypto)[static_cast<std::size_t>(topic)];
}

Subscriptions::Subscriptions(std::size_t markets) : markets_(kTopics * markets), clusters_(kTopics * 2) {}

std::size_t Subscriptions::at_market(Topic topic, InstrumentId market) {
    return kTopics * market.value + static_cast<std::size_t>(topic);
}

std::size_t Subscriptions::at_cluster(Topic topic, bool is_stock) {
    return 2 * static_cast<std::size_t>(topic) + (is_stock ? 1 : 0);
}

void Subscriptions::set(StreamId stream, Topic topic, InstrumentId market, bool on) {
    put(markets_[at_market(topic, market)], stream, on);
}

void Subscriptions::set_all(StreamId stream, Topic topic, bool is_stock, bool on) {
    put(clusters_[at_cluster(topic, is_stock)], stream, on);
}

void Subscriptions::remove(StreamId stream) {
    for (Set& set : markets_) put(set, stream, false);
    for (Set& set : clusters_) put(set, stream, false);
}

void Subscriptions::find(Topic topic, const Ticker& ticker, std::vector<StreamId>& found) const {
    found.clear();
    std::ranges::set_union(markets_[at_market(topic, ticker.id)],
                           clusters_[at_cluster(topic, ticker.is_stock)], std::back_inserter(found));
}

bool Subscriptions::is_wanted(Topic topic, const Ticker& ticker) const {
    return !markets_[at_market(topic, ticker.id)].empty() ||
           !clusters_[at_cluster(topic, ticker.is_stock)].empty();
}

}  // namespace plumb::exchange::polygon
