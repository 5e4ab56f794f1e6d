#include "live/order_gateway.hpp"

#include <utility>

#include "io/reactor.hpp"
#include "live/stream_driver.hpp"

namespace plumb::live {

class OrderGateway::Impl final : public wire::WireSink, public std::enable_shared_from_this<Impl> {
 public:
    Impl(io::Reactor& reactor, const io::TlsContext& tls, RestClient& rest,
         const InstrumentTable& instruments, GatewayOptions options)
        : reactor_{reactor},
          tls_{tls},
          rest_{rest},
          options_{std::move(options)},
          anchor_wall_{reactor.now()},
          anchor_steady_{reactor.steady_now()},
          desk_{desk_options(), instruments} {}

    Status start(Timestamp fills_since) {
        if (!rest_.venue().capabilities().orders)
            return fail(Errc::unsupported,
                        std::string{rest_.venue().capabilities().title} + " takes no orders");
        desk_.start(fills_since, now(), out_);
        perform();
        start_stream();
        tick();
        return {};
    }

    void stop() {
        reactor_.cancel(timer_);
        stream_.reset();
        is_stopped_ = true;
    }

    /// Runs on the reactor thread, wherever it is called from.
    template <class Act>
    auto on_reactor(Act act) {
        if (reactor_.on_reactor_thread()) return act();
        std::optional<decltype(act())> result;
        reactor_.call([&] { result.emplace(act()); });
        return std::move(*result);
    }

    Status place(const OrderRequest& order) {
        if (Status agreed = agreement(); !agreed) return agreed;
        if (Status allowed = rest_.venue().check(order); !allowed) return allowed;
        Status placed = desk_.place(order, now(), out_);
        perform();
        return placed;
    }

    Status cancel(ClientOrderId order) {
        if (Status agreed = agreement(); !agreed) return agreed;
        Status canceled = desk_.cancel(order, now(), out_);
        perform();
        return canceled;
    }

    Status replace(ClientOrderId order, const OrderRequest& changed) {
        if (Status agreed = agreement(); !agreed) return agreed;
        if (!rest_.venue().capabilities().replace)
            return fail(Errc::unsupported, "the venue replaces no orders: cancel, then place");
        if (Status allowed = rest_.venue().check(changed); !allowed) return allowed;
        Status replaced = desk_.replace(order, changed, now(), out_);
        perform();
        return replaced;
    }

    void take(const wire::WireEvent& event) override {
        const auto* update = std::get_if<wire::OrderUpdate>(&event);
        if (update == nullptr) return;
        desk_.heard(*update, now(), out_);
        perform();
    }

    const wire::OrderDesk& desk() const { return desk_; }
    wire::OrderDesk& desk() { return desk_; }
    io::Reactor& reactor() { return reactor_; }
    std::string trouble() const {
        if (!stream_) return "the venue has no stream of the account";
        return stream_->pool().session(0).ready() ? std::string{} : stream_->pool().trouble();
    }

 private:
    wire::DeskOptions desk_options() {
        wire::DeskOptions desk = wire::desk_options(rest_.venue().capabilities());
        // Some venues tell fills of one instrument at a time; they say so when asked for the words.
        const Result<wire::WireRequest> all = rest_.venue().ask(wire::AskFills{}, anchor_wall_);
        if (!all && all.error().code() == Errc::unsupported) desk.ask_each = options_.instruments;
        return desk;
    }

    /// Wall time of the start plus steady time since: a wall clock that is set moves no deadline.
    Timestamp now() const {
        return anchor_wall_ + std::chrono::duration_cast<Duration>(reactor_.steady_now() - anchor_steady_);
    }

    Status agreement() const {
        if (!options_.agreement)
            return fail(Errc::denied, "nothing is sent: neither paper nor live trading was agreed on");
        const io::Endpoint endpoint = rest_.venue().endpoint(wire::Host::trading);
        if (options_.agreement->endpoint == endpoint) return {};
        return fail(Errc::denied, "nothing is sent: trading was agreed on for " +
                                      options_.agreement->endpoint.host + ", this venue is at " +
                                      endpoint.host);
    }

    void start_stream() {
        if (rest_.venue().private_stream() == nullptr) return;
        const wire::Subscription orders{.instrument = {}, .kind = wire::DataKind::orders, .bar_length = {}};
        StreamDriverOptions driver;
        driver.pool = wire::PoolOptions::of(rest_.venue().capabilities());
        driver.on_note = [this](const wire::StreamNote& note, Timestamp) { heed(note); };
        stream_ = std::make_unique<StreamDriver>(
            reactor_, tls_, &rest_, std::span{&orders, 1}, [this] { return rest_.venue().private_stream(); },
            *this, std::move(driver));
        stream_->start();
    }

    void heed(const wire::StreamNote& note) {
        using Kind = wire::StreamNote::Kind;
        // Notes come while the driver is at work; what follows from them waits until it is done.
        if (note.kind == Kind::ready) ++readies_;
        if (note.kind != Kind::ready && note.kind != Kind::lost && note.kind != Kind::zombie &&
            note.kind != Kind::stopped)
            return;
        reactor_.post([weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->look_at_stream();
        });
    }

    void look_at_stream() {
        if (is_stopped_ || !stream_) return;
        const bool up = stream_->pool().session(0).ready();
        if (up && readies_ != readies_seen_) {
            readies_seen_ = readies_;
            desk_.stream_up(now(), out_);
        } else if (!up && was_up_) {
            desk_.stream_down(now(), out_);
        }
        was_up_ = up;
        perform();
    }

    void tick() {
        if (is_stopped_) return;
        if (options_.clock_safe) desk_.set_clock_safe(options_.clock_safe());
        desk_.tick(now(), out_);
        perform();
        timer_ = reactor_.after(kTickEvery, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->tick();
        });
    }

    /// Bytes first. What is decided on the events may come back in here, and finds a batch of its own.
    void perform() {
        wire::DeskOutput out = std::exchange(out_, {});
        for (wire::DeskQuestion& question : out.questions) ask(std::move(question));
        for (const wire::OrderAlarm& alarm : out.alarms)
            if (options_.on_alarm) options_.on_alarm(alarm);
        for (const wire::DeskEvent& event : out.events) {
            if (const auto* report = std::get_if<OrderReport>(&event)) {
                if (options_.on_event) options_.on_event(*report);
                continue;
            }
            const auto& fill = std::get<wire::DeskFill>(event);
            if (options_.on_fill) options_.on_fill(fill);
            if (options_.on_event) options_.on_event(fill.fill);
        }
    }

    void ask(wire::DeskQuestion question) {
        // Asked for each send: evidence may come while a request waits for its budget (E04).
        auto wanted = [weak = weak_from_this(), asked = question.question] {
            const auto self = weak.lock();
            return self && !self->is_stopped_ && self->desk_.still_wanted(asked);
        };
        rest_.ask(
            std::move(question.question),
            [weak = weak_from_this(), number = question.number](const RestAnswer& answer) {
                const auto self = weak.lock();
                if (!self || self->is_stopped_) return;
                self->desk_.answered({.number = number,
                                      .reply = answer.reply,
                                      .events = answer.events,
                                      .may_have_arrived = answer.may_have_arrived,
                                      .sent_at = answer.sent_at,
                                      .received_at = answer.received_at},
                                     self->now(), self->out_);
                self->perform();
            },
            std::move(wanted));
    }

    io::Reactor& reactor_;
    const io::TlsContext& tls_;
    RestClient& rest_;
    GatewayOptions options_;
    Timestamp anchor_wall_;
    std::chrono::steady_clock::time_point anchor_steady_;
    wire::OrderDesk desk_;
    wire::DeskOutput out_;
    std::unique_ptr<StreamDriver> stream_;
    io::TimerId timer_{};
    std::uint64_t readies_ = 0, readies_seen_ = 0;  // connections of the stream that became usable
    bool was_up_ = false, is_stopped_ = false;
};

OrderGateway::OrderGateway(io::Reactor& reactor, const io::TlsContext& tls, RestClient& rest,
                           const InstrumentTable& instruments, GatewayOptions options)
    : impl_{std::make_shared<Impl>(reactor, tls, rest, instruments, std::move(options))} {}

OrderGateway::~OrderGateway() { impl_->stop(); }

void OrderGateway::restore_fill(const Fill& fill) { impl_->desk().restore_fill(fill); }
void OrderGateway::restore_order(const OrderRequest& request, OrderState state) {
    impl_->desk().restore_order(request, state);
}
Status OrderGateway::start(Timestamp fills_since) { return impl_->start(fills_since); }

Status OrderGateway::place(const OrderRequest& order) {
    return impl_->on_reactor([&] { return impl_->place(order); });
}
Status OrderGateway::submit(const ApprovedOrder& order, Timestamp) { return place(order.request()); }
Status OrderGateway::cancel(ClientOrderId order, InstrumentId, Timestamp) {
    return impl_->on_reactor([&] { return impl_->cancel(order); });
}
Status OrderGateway::replace(ClientOrderId order, const ApprovedOrder& changed) {
    return impl_->on_reactor([&] { return impl_->replace(order, changed.request()); });
}

bool OrderGateway::live() const { return impl_->desk().live(); }
std::size_t OrderGateway::open_orders() const { return impl_->desk().open_orders(); }
std::size_t OrderGateway::unknown_orders() const { return impl_->desk().unknown_orders(); }
OrderState OrderGateway::state_of(ClientOrderId order) const { return impl_->desk().state_of(order); }
std::string OrderGateway::stream_trouble() const { return impl_->trouble(); }

}  // namespace plumb::live
