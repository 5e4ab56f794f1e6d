#include "venues/coinbase/stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "venues/coinbase/coinbase.hpp"

namespace plumb::venues::coinbase {
namespace {

using wire::Control;
using wire::DataKind;

constexpr const char* kGapWords = "Coinbase: messages are missing";

std::string_view channel_of(DataKind kind) {
    switch (kind) {
        case DataKind::trade: return "market_trades";
        case DataKind::quote: return "ticker";
        case DataKind::bar: return "candles";
        case DataKind::book: return "level2";
        case DataKind::status: return "status";
        case DataKind::mark_price:
        case DataKind::orders: break;
    }
    return {};
}

}  // namespace

void FramePacer::flush(Timestamp now, wire::Outbox& out) {
    if (window_from_ == Timestamp::min() || window_from_ + std::chrono::seconds{1} <= now) {
        window_from_ = now;
        sent_ = 0;
    }
    for (; sent_ < kPerSecond && !waiting_.empty(); ++sent_) {
        out.frames.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
}

Result<wire::ConnectPlan> CoinbaseStream::plan(Timestamp) {
    wire::ConnectPlan plan;
    plan.endpoint = endpoint_;
    plan.target = std::string{"/"};
    plan.offer_deflate = true;
    return plan;
}

void CoinbaseStream::opened(Timestamp now, wire::Outbox& out) {
    open_ = true;
    // Within five seconds the venue wants to hear something, and without heartbeats it closes quiet channels.
    pacer_.push(R"({"type":"subscribe","channel":"heartbeats","product_ids":[]})");
    begin(now);
    pacer_.flush(now, out);
}

void CoinbaseStream::frame(std::string_view bytes, Timestamp received_at, wire::Outbox& out,
                           wire::WireSink& sink) {
    const bool sound = decoder_.parse(bytes, received_at);
    Pending& pending = decoder_.pending();
    if (sound && decoder_.envelope().sequence) {
        const Envelope& envelope = decoder_.envelope();
        switch (sequences_.take(envelope.channel.view(), *envelope.sequence)) {
            case SequenceWatch::Judgement::next: break;
            case SequenceWatch::Judgement::old: sink.take(wire::Ignored{"a message from before"}); return;
            case SequenceWatch::Judgement::gap: {
                // Told first, so that nobody trusts a book or a run of trades that has a hole.
                Control gap;
                gap.kind = Control::Kind::error;
                gap.code = kSequenceGap;
                gap.text = std::string_view{kGapWords};
                sink.take(gap);
                out.close = kGapWords;
                break;
            }
        }
        settle(envelope, pending);
    }
    pending.flush(sink);
}

void MarketStream::begin(Timestamp) {
    push("subscribe", kept_);
    kept_.clear();
}

void MarketStream::subscribe(std::span<const wire::Subscription> added, Timestamp now, wire::Outbox& out) {
    if (!ready()) {
        kept_.insert(kept_.end(), added.begin(), added.end());
        return;
    }
    push("subscribe", added);
    pacer_.flush(now, out);
}

void MarketStream::unsubscribe(std::span<const wire::Subscription> removed, Timestamp now,
                               wire::Outbox& out) {
    if (!ready()) {
        for (const wire::Subscription& each : removed) std::erase(kept_, each);
        return;
    }
    push("unsubscribe", removed);
    pacer_.flush(now, out);
}

void MarketStream::push(std::string_view verb, std::span<const wire::Subscription> subscriptions) {
    for (const DataKind kind :
         {DataKind::status, DataKind::trade, DataKind::quote, DataKind::bar, DataKind::book}) {
        std::string products;
        std::size_t count = 0;
        const auto send = [&] {
            if (count == 0) return;
            pacer_.push(fmt::format(R"({{"type":"{}","channel":"{}","product_ids":[{}]}})", verb,
                                    channel_of(kind), products));
            products.clear();
            count = 0;
        };
        for (const wire::Subscription& each : subscriptions) {
            if (each.kind != kind) continue;
            if (kind == DataKind::bar && each.bar_length != Decoder::kCandleLength) continue;
            const std::string_view symbol = symbols_.symbol_of(each.instrument);
            if (symbol.empty()) continue;
            products += fmt::format("{}\"{}\"", count == 0 ? "" : ",", symbol);
            if (++count == kProductsPerFrame) send();
        }
        send();
    }
}

/// A candle is over when the next one of its product is seen, and it is told as closed only when the last
/// word on it was sent after its end: what was sent before may lack its last trades.
void MarketStream::settle(const Envelope& envelope, Pending& pending) {
    const std::size_t count = pending.bars.size();
    for (std::size_t i = 0; i < count; ++i) {
        const OpenBar bar = pending.bars[i].bar;
        if (candles_.size() <= bar.instrument.value) candles_.resize(bar.instrument.value + 1);
        Candle& held = candles_[bar.instrument.value];
        if (held.known && held.bar.open_time < bar.open_time) {
            // Does this frame tell the earlier one anew? They are sorted.
            const auto begin = pending.bars.begin(), end = begin + static_cast<std::ptrdiff_t>(count);
            const auto before = [](const PendingBar& a, const PendingBar& b) {
                return std::tie(a.bar.instrument, a.bar.open_time) <
                       std::tie(b.bar.instrument, b.bar.open_time);
            };
            const bool again = std::binary_search(begin, end, PendingBar{held.bar, false}, before);
            if (!again && held.bar.open_time + held.bar.length <= held.sent_at)
                pending.bars.push_back({held.bar, true});
        }
        if (!held.known || held.bar.open_time <= bar.open_time) held = {bar, envelope.sent_at, true};
    }
    if (count < pending.bars.size()) pending.settle_bars();
}

Result<wire::ConnectPlan> UserStream::plan(Timestamp now) {
    if (!tokens_) return fail(Errc::denied, why_not_);
    return CoinbaseStream::plan(now);
}

void UserStream::begin(Timestamp now) {
    if (!tokens_) return;
    pacer_.push(fmt::format(R"({{"type":"subscribe","channel":"user","product_ids":[],"jwt":"{}"}})",
                            tokens_->token(now, std::nullopt)));
}

/// The venue has no word for a token that it accepts: the list with the user channel in it is the proof.
void UserStream::settle(const Envelope& envelope, Pending& pending) {
    if (authenticated_ || envelope.channel.view() != "subscriptions") return;
    for (const Control& control : pending.controls) {
        if (control.data != DataKind::orders) continue;
        authenticated_ = true;
        Control proof;
        proof.kind = Control::Kind::authenticated;
        pending.controls.insert(pending.controls.begin(), proof);
        return;
    }
}

}  // namespace plumb::venues::coinbase
