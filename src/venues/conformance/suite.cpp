#include "venues/conformance/suite.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "wire/paging.hpp"

namespace plumb::venues::conformance {

Bench::Bench(const FixtureRow& row, bool with_key) : name{row.name}, fixture{row.make()} {
    for (const ServedInstrument& each : fixture->instruments())
        PLUMB_CHECK(instruments.add(each.instrument).has_value());
    venue = with_key ? fixture->make_venue(instruments) : fixture->make_venue_without_key(instruments);
    truth.now = kSuiteStart;
    learn();
}

void Bench::learn() {
    static_cast<void>(ask_all(wire::AskListings{}));
    static_cast<void>(venue->symbols().add_all());
}

Heard Bench::ask(const wire::Question& question, Happening happening) {
    Heard result;
    const Result<wire::WireRequest> request = venue->ask(question, truth.now);
    if (!request) {
        result.asked = fail(request.error());
        return result;
    }
    const std::optional<io::HttpResponse> response = fixture->http(question, happening, truth);
    if (!response) return result;
    result.answered = true;
    result.reply = venue->read(question, *response, truth.now, result.heard);
    return result;
}

Heard Bench::ask_all(wire::Question question) {
    constexpr int kPagesMax = 50;
    Heard all = ask(question);
    for (int page = 1; page < kPagesMax && !all.reply.next_page.empty(); ++page) {
        if (!wire::set_page(question, all.reply.next_page)) break;
        Heard next = ask(question);
        next.heard.events.insert(next.heard.events.begin(), all.heard.events.begin(), all.heard.events.end());
        all = std::move(next);
    }
    return all;
}

wire::Reply Bench::read(const wire::Question& question, const io::HttpResponse& response) {
    Collector ignored;
    return venue->read(question, response, truth.now, ignored);
}

Quantity Bench::lots(std::int64_t count) const {
    const Instrument& first = fixture->instruments()[0].instrument;
    // Four parts of the smallest order and the smallest value, so that parts can fill.
    Quantity unit = std::max(first.lot, first.quantity_min);
    const Quantity by_value = (first.notional_min / price()).quantized(first.lot, Rounding::up);
    return std::max(unit, by_value) * Decimal{count};
}

Price Bench::price() const {
    const Instrument& first = fixture->instruments()[0].instrument;
    return Price{Decimal{100}}.quantized(first.tick, Rounding::up);
}

OrderRequest Bench::order(std::uint64_t n, OrderPurpose purpose) const {
    OrderRequest request;
    request.id = {0x1a2b3c4d, 7, n};
    request.instrument = InstrumentId{0};
    request.side = Side::buy;
    request.type = OrderType::limit;
    request.time_in_force = TimeInForce::good_till_canceled;
    request.purpose = purpose;
    request.quantity = lots(4);
    request.limit = price();
    request.reference = price();
    request.decided_at = truth.now;
    return request;
}

TrueOrder Bench::taken(const OrderRequest& request, unsigned n) const {
    TrueOrder order;
    order.instrument = request.instrument;
    order.client = request.id.to_string();
    order.venue = fixture->order_id(n);
    order.side = request.side;
    order.type = request.type;
    order.time_in_force = request.time_in_force;
    order.quantity = request.quantity;
    order.limit = request.limit;
    order.stop = request.stop;
    order.created_at = order.updated_at = truth.now;
    return order;
}

Talk::Talk(Bench& bench, std::unique_ptr<wire::StreamProtocol> protocol, std::unique_ptr<StreamPeer> peer)
    : bench_{bench}, protocol_{std::move(protocol)}, peer_{std::move(peer)} {}

void Talk::open(wire::Refusal mood) {
    mood_ = mood;
    protocol_->before_connect(bench_.truth.now, out_);
    for (const wire::Question& question : std::exchange(out_.questions, {})) {
        const Heard answer = bench_.ask(question);
        protocol_->answered(question, answer.reply, answer.heard.events, bench_.truth.now, out_);
    }
    if (!protocol_->plan(bench_.truth.now)) {
        closed_ = true;
        return;
    }
    protocol_->opened(bench_.truth.now, out_);
    hear(peer_->opened());
    settle();
}

void Talk::subscribe(std::span<const wire::Subscription> subscriptions, wire::Refusal mood) {
    mood_ = mood;
    protocol_->subscribe(subscriptions, bench_.truth.now, out_);
    settle();
}

void Talk::hear(const std::vector<std::string>& frames) {
    for (const std::string& frame : frames) {
        if (closed_) return;
        protocol_->frame(frame, bench_.truth.now, out_, heard);
        settle();
    }
}

void Talk::settle() {
    for (int turns = 0; turns < 100 && !closed_; ++turns) {
        wire::Outbox out = std::exchange(out_, {});
        if (out.close != nullptr) closed_ = true;
        if (out.frames.empty() && out.questions.empty()) return;
        for (const wire::Question& question : out.questions) {
            const Heard answer = bench_.ask(question);
            protocol_->answered(question, answer.reply, answer.heard.events, bench_.truth.now, out_);
        }
        for (const std::string& sent : out.frames)
            for (const std::string& frame : peer_->answer(sent, mood_, bench_.truth.now))
                protocol_->frame(frame, bench_.truth.now, out_, heard);
    }
}

}  // namespace plumb::venues::conformance
