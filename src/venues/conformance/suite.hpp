#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "venues/conformance/fixture.hpp"
#include "wire/order_desk.hpp"

namespace plumb::venues::conformance {

struct FixtureRow {
    std::string_view name;  // Capabilities::name
    std::unique_ptr<Fixture> (*make)();
};
/// One per venue; defined by the suite's own row list.
std::span<const FixtureRow> all_fixtures();

inline constexpr Timestamp kSuiteStart = timestamp_from_ms(1'764'000'000'000);  // 2025-11-24T16:00:00Z

class Collector final : public wire::WireSink {
 public:
    void take(const wire::WireEvent& event) override { events.push_back(event); }
    template <class Kind>
    std::vector<Kind> all() const {
        std::vector<Kind> found;
        for (const wire::WireEvent& event : events)
            if (const auto* each = std::get_if<Kind>(&event)) found.push_back(*each);
        return found;
    }
    std::vector<wire::WireEvent> events;
};

/// What one question came to.
struct Heard {
    Status asked;           // why the venue has no words for it
    bool answered = false;  // false: the fixture cannot say this
    wire::Reply reply;
    Collector heard;
};

/// A venue and the server it talks to, word by word: no socket in between.
class Bench {
 public:
    explicit Bench(const FixtureRow& row, bool with_key = true);

    /// Asks, lets the server answer by the truth, and reads: one page.
    Heard ask(const wire::Question& question, Happening happening = Happening::nothing);
    /// All pages as one.
    Heard ask_all(wire::Question question);
    /// Reads a made-up answer to the question.
    wire::Reply read(const wire::Question& question, const io::HttpResponse& response);
    /// Reads the listings, so that symbols and grids are known.
    void learn();

    const wire::Capabilities& can() const { return venue->capabilities(); }
    Quantity lots(std::int64_t count) const;  // of the first instrument, never below its smallest order
    Price price() const;                      // on its grid
    OrderRequest order(std::uint64_t n, OrderPurpose purpose = OrderPurpose::exit) const;
    /// How the server's books show an order just taken.
    TrueOrder taken(const OrderRequest& request, unsigned n) const;

    std::string name;
    std::unique_ptr<Fixture> fixture;
    InstrumentTable instruments;
    std::unique_ptr<wire::Venue> venue;
    Truth truth;
};

/// One connection between a protocol and a peer: frames go back and forth until both are silent.
class Talk {
 public:
    Talk(Bench& bench, std::unique_ptr<wire::StreamProtocol> protocol, std::unique_ptr<StreamPeer> peer);

    void open(wire::Refusal mood = wire::Refusal::none);
    void subscribe(std::span<const wire::Subscription> subscriptions,
                   wire::Refusal mood = wire::Refusal::none);
    /// Frames of the server; what they mean is in `heard`.
    void hear(const std::vector<std::string>& frames);

    wire::StreamProtocol& protocol() { return *protocol_; }
    StreamPeer& peer() { return *peer_; }
    bool closed() const { return closed_; }
    Collector heard;

 private:
    void settle();

    Bench& bench_;
    std::unique_ptr<wire::StreamProtocol> protocol_;
    std::unique_ptr<StreamPeer> peer_;
    wire::Outbox out_;
    wire::Refusal mood_ = wire::Refusal::none;
    bool closed_ = false;
};

/// An OrderDesk over a venue's words and the server's books, in virtual time.
class Trading {
 public:
    explicit Trading(const FixtureRow& row);

    Status place(const OrderRequest& request);
    void cancel(ClientOrderId order);
    void run_for(Duration duration);
    void connect();
    void disconnect();
    /// The market fills a part; the stream tells it, `times` times.
    void fill(ClientOrderId order, Quantity quantity, int times = 1);
    TrueOrder* true_order(ClientOrderId order);
    Quantity told_filled(ClientOrderId order) const;
    OrderState told(ClientOrderId order) const;

    /// What becomes of the next order sent.
    enum class Fate : unsigned char { as_asked, refused, answer_lost, never_arrives, rate_limited };
    Fate next = Fate::as_asked;

    Bench bench;
    wire::OrderDesk desk;
    std::vector<wire::OrderAlarm> alarms;
    std::vector<Fill> fills;
    std::vector<std::string> unanswerable;  // questions the fixture or the venue had no words for
    int sends = 0;

 private:
    wire::DeskOptions options();
    void perform();
    void answer(const wire::DeskQuestion& question);
    Happening deed(const wire::Question& question, Fate fate);
    void tell(const TrueOrder& order, const TrueFill* fill, int times);

    wire::DeskOutput out_;
    std::unique_ptr<Talk> talk_;
    std::size_t news_taken_ = 0;
    unsigned last_order_ = 0, last_fill_ = 0;
    std::map<ClientOrderId, OrderState> told_;
    bool performing_ = false;
};

}  // namespace plumb::venues::conformance
