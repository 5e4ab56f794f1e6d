#include <algorithm>

#include "venues/conformance/suite.hpp"

namespace plumb::venues::conformance {

wire::DeskOptions Trading::options() {
    wire::DeskOptions options = wire::desk_options(bench.can());
    const Result<wire::WireRequest> all = bench.venue->ask(wire::AskFills{}, bench.truth.now);
    if (!all && all.error().code() == Errc::unsupported)
        for (const Instrument& each : bench.instruments.all()) options.ask_each.push_back(each.id);
    return options;
}

Trading::Trading(const FixtureRow& row) : bench{row}, desk{options(), bench.instruments} {
    desk.start(bench.truth.now, bench.truth.now, out_);
    perform();
    connect();
    run_for(std::chrono::seconds{6});
}

void Trading::connect() {
    auto protocol = bench.venue->private_stream();
    auto peer = bench.fixture->private_peer();
    if (!protocol || !peer) return;
    talk_ = std::make_unique<Talk>(bench, std::move(protocol), std::move(peer));
    news_taken_ = 0;
    talk_->open();
    const wire::Subscription orders{.instrument = {}, .kind = wire::DataKind::orders, .bar_length = {}};
    if (!talk_->closed()) talk_->subscribe({&orders, 1});
    if (talk_->closed() || !talk_->protocol().ready()) return;
    desk.stream_up(bench.truth.now, out_);
    perform();
}

void Trading::disconnect() {
    talk_.reset();
    desk.stream_down(bench.truth.now, out_);
    perform();
}

void Trading::run_for(Duration duration) {
    constexpr Duration kStep = std::chrono::milliseconds{100};
    for (Duration passed{}; passed < duration; passed += kStep) {
        bench.truth.now += kStep;
        desk.tick(bench.truth.now, out_);
        perform();
    }
}

Status Trading::place(const OrderRequest& request) {
    Status placed = desk.place(request, bench.truth.now, out_);
    perform();
    return placed;
}

void Trading::cancel(ClientOrderId order) {
    static_cast<void>(desk.cancel(order, bench.truth.now, out_));
    perform();
}

TrueOrder* Trading::true_order(ClientOrderId id) {
    const auto at = std::ranges::find(bench.truth.orders, id.to_string(), &TrueOrder::client);
    return at == bench.truth.orders.end() ? nullptr : &*at;
}

Quantity Trading::told_filled(ClientOrderId order) const {
    Quantity sum;
    for (const Fill& fill : fills)
        if (fill.order == order) sum += fill.quantity;
    return sum;
}

OrderState Trading::told(ClientOrderId order) const {
    const auto at = told_.find(order);
    return at == told_.end() ? OrderState::intended : at->second;
}

void Trading::fill(ClientOrderId id, Quantity quantity, int times) {
    TrueOrder& order = *true_order(id);
    TrueFill fill;
    fill.instrument = order.instrument;
    fill.execution = bench.fixture->execution_id(++last_fill_);
    fill.client = order.client;
    fill.venue = order.venue;
    fill.side = order.side;
    fill.price = order.average = order.limit;
    fill.quantity = quantity;
    fill.fee_asset = bench.fixture->fee_asset(order.instrument, order.side);
    fill.at = bench.truth.now;
    bench.truth.fills.push_back(fill);
    order.filled += quantity;
    order.state = order.filled == order.quantity ? OrderState::filled : OrderState::partially_filled;
    order.updated_at = bench.truth.now;
    tell(order, &fill, times);
}

void Trading::tell(const TrueOrder& order, const TrueFill* fill, int times) {
    if (!talk_) return;
    for (int i = 0; i < times; ++i) talk_->hear(talk_->peer().order(order, fill, bench.truth.now));
    perform();
}

void Trading::perform() {
    if (performing_) return;
    performing_ = true;
    for (bool busy = true; busy;) {
        if (talk_) {
            const auto updates = talk_->heard.all<wire::OrderUpdate>();
            for (; news_taken_ < updates.size(); ++news_taken_)
                desk.heard(updates[news_taken_], bench.truth.now, out_);
        }
        wire::DeskOutput out = std::exchange(out_, {});
        busy = !out.questions.empty();
        for (const wire::DeskEvent& event : out.events) {
            if (const auto* report = std::get_if<OrderReport>(&event))
                told_[report->order] = report->state;
            else
                fills.push_back(std::get<wire::DeskFill>(event).fill);
        }
        alarms.insert(alarms.end(), out.alarms.begin(), out.alarms.end());
        for (const wire::DeskQuestion& question : out.questions) answer(question);
    }
    performing_ = false;
}

/// Does what is asked to the books, unless its fate is another.
Happening Trading::deed(const wire::Question& question, Fate fate) {
    if (const auto* place = std::get_if<wire::AskPlace>(&question)) {
        if (fate == Fate::refused) return Happening::refused;
        if (fate == Fate::rate_limited) return Happening::rate_limited;
        const TrueOrder* there = true_order(place->order.id);
        const bool taken = there != nullptr &&
                           (bench.can().id_class == wire::IdClass::for_ever ||
                            (bench.can().id_class == wire::IdClass::while_open && !is_final(there->state)));
        if (taken) return Happening::duplicate;
        bench.truth.orders.push_back(bench.taken(place->order, ++last_order_));
        tell(bench.truth.orders.back(), nullptr, 1);
    } else if (const auto* cancel = std::get_if<wire::AskCancel>(&question)) {
        TrueOrder* order = true_order(cancel->order.client);
        if (order == nullptr || is_final(order->state)) return Happening::nothing;
        order->state = OrderState::canceled;
        order->updated_at = bench.truth.now;
        tell(*order, nullptr, 1);
    }
    return Happening::nothing;
}

void Trading::answer(const wire::DeskQuestion& question) {
    const bool places = std::holds_alternative<wire::AskPlace>(question.question);
    const Fate fate = places ? std::exchange(next, Fate::as_asked) : Fate::as_asked;
    sends += places ? 1 : 0;
    Heard heard;
    heard.asked = Status{};
    if (const auto words = bench.venue->ask(question.question, bench.truth.now); !words) {
        // As the REST client answers for a venue without such a question.
        heard.reply.verdict = wire::Verdict::refused;
        heard.reply.words = words.error().message();
        const bool optional = std::holds_alternative<wire::AskPositions>(question.question);
        if (!optional)
            unanswerable.push_back(std::string{wire::name_of(question.question)} + ": " + heard.reply.words);
    } else if (fate == Fate::never_arrives) {
        heard.reply = {};
    } else {
        const Happening happening = deed(question.question, fate);
        heard = bench.ask(question.question, happening);
        if (!heard.answered)
            unanswerable.push_back(std::string{wire::name_of(question.question)} +
                                   ": no words of the server");
        if (fate == Fate::answer_lost) heard = {};
    }
    desk.answered({.number = question.number,
                   .reply = heard.reply,
                   .events = heard.heard.events,
                   .may_have_arrived = true,
                   .sent_at = bench.truth.now,
                   .received_at = bench.truth.now},
                  bench.truth.now, out_);
}

}  // namespace plumb::venues::conformance
