#include "exchange/market/trade_ring.hpp"

namespace plumb::exchange::market {
namespace {

__extension__ typedef unsigned __int128 UInt128;

void write_varint(std::string& out, UInt128 value) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>(static_cast<unsigned char>(value) | 0x80);
    out += static_cast<char>(value);
}

UInt128 read_varint(std::string_view bytes, std::size_t& at) {
    UInt128 value = 0;
    for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes[at++]);
        value |= static_cast<UInt128>(byte & 0x7f) << shift;
        if (byte < 0x80) return value;
    }
}

/// The sign goes to the lowest bit, so that small differences stay short.
UInt128 fold(Int128 value) {
    return value < 0 ? (static_cast<UInt128>(-(value + 1)) << 1 | 1) : static_cast<UInt128>(value) << 1;
}
Int128 unfold(UInt128 value) {
    const auto half = static_cast<Int128>(value >> 1);
    return (value & 1) != 0 ? -half - 1 : half;
}

/// A value on the grid as its count, an even number; another one as it is, after a one.
void write_value(std::string& out, Decimal value, Decimal step) {
    const UInt128 count = fold(value.units() / step.units());
    const bool fits = count >> 126 == 0 && value.is_multiple_of(step);
    write_varint(out, fits ? count << 1 : 1);
    if (!fits) write_varint(out, fold(value.units()));
}
Decimal read_value(std::string_view bytes, std::size_t& at, Decimal step) {
    const UInt128 count = read_varint(bytes, at);
    if (count == 1) return Decimal::from_units(unfold(read_varint(bytes, at)));
    return Decimal::from_units(unfold(count >> 1) * step.units());
}

}  // namespace

void TradeRing::push(const PastTrade& trade) {
    if (chunks_.empty() || chunks_.back().count == kChunkTrades) {
        if (!chunks_.empty()) chunks_.back().bytes.shrink_to_fit();
        if (!chunks_.empty() && kTradesMax <= size_ - chunks_.front().count) {
            size_ -= chunks_.front().count;
            chunks_.pop_front();
        }
        chunks_.push_back({trade.at, trade.at, 0, {}});
        last_ = PastTrade{};
    }
    Chunk& chunk = chunks_.back();
    write_varint(chunk.bytes, fold(static_cast<Int128>(trade.number) - static_cast<Int128>(last_.number))
                                      << 1 |
                                  (trade.aggressor == Side::buy ? 0 : 1));
    write_varint(chunk.bytes, fold((trade.at - last_.at).count()));
    write_value(chunk.bytes, trade.price.value - last_.price.value, tick_);
    write_value(chunk.bytes, trade.quantity.value, lot_);
    chunk.last = trade.at;
    ++chunk.count;
    ++size_;
    last_ = trade;
}

std::vector<PastTrade> TradeRing::find(Timestamp from, Timestamp to, std::size_t count) const {
    std::vector<PastTrade> found;
    std::size_t skipped = size_ <= kTradesMax ? 0 : size_ - kTradesMax;  // of the oldest chunk
    for (const Chunk& chunk : chunks_) {
        if (chunk.last < from) {
            skipped = 0;
            continue;
        }
        if (to <= chunk.first) break;
        PastTrade trade;
        std::size_t at = 0;
        for (std::size_t i = 0; i < chunk.count; ++i) {
            const UInt128 head = read_varint(chunk.bytes, at);
            trade.number = static_cast<TradeNumber>(static_cast<Int128>(trade.number) + unfold(head >> 1));
            trade.aggressor = (head & 1) != 0 ? Side::sell : Side::buy;
            trade.at += Duration{static_cast<std::int64_t>(unfold(read_varint(chunk.bytes, at)))};
            trade.price += Price{read_value(chunk.bytes, at, tick_)};
            trade.quantity = Quantity{read_value(chunk.bytes, at, lot_)};
            if (skipped != 0) {
                --skipped;
                continue;
            }
            if (trade.at < from) continue;
            if (to <= trade.at || found.size() == count) return found;
            found.push_back(trade);
        }
        skipped = 0;
    }
    return found;
}

}  // namespace plumb::exchange::market
