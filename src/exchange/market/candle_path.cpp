#include "exchange/market/candle_path.hpp"

#include <algorithm>

namespace plumb::exchange::market {
namespace {

constexpr double kSpreadBps = 2;
constexpr double kTradesPerSecond = 0.5;

}  // namespace

CandlePath::CandlePath(const RecordedName& name, const RecordedMinutes& minutes)
    : name_{name}, minutes_{minutes} {
    double volume = 0;
    for (std::size_t i = 0; i < name.bars.size(); ++i) volume += name.bars.values(i).volume.to_double();
    const double seconds = to_seconds(name.bars.length()) * static_cast<double>(name.bars.size());
    const double size = volume / seconds / kTradesPerSecond;
    const double price = name.bars.close_as_double(0);
    // Files without volume trade a hundred units of quote at a time.
    manner_ = {price, kSpreadBps, 0 < size ? size : 100 / price, kTradesPerSecond};
}

double CandlePath::mid(Timestamp time) { return price_within(name_.bars, bar_at(name_.bars, time), time); }

}  // namespace plumb::exchange::market
