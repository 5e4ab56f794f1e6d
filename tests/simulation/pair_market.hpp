#pragma once

#include <cmath>
#include <vector>

#include "base/rng.hpp"
#include "core/instrument.hpp"
#include "ports/market_data_feed.hpp"

namespace plumb::simulation {

/// Bars of 2 * pairs instruments: each pair's second leg walks, the first is 2 * second + 10 + a
/// mean-reverting residual.
struct PairMarketSpec {
    std::uint64_t seed = 1;
    std::uint32_t pairs = 2;
    std::size_t bars = 2000;
    Duration length = std::chrono::hours{1};
    double phi = 0.9;        // of the residual
    double residual = 0.5;   // its innovations, in price units
    double volume = 10'000;  // units a bar
};

class PairMarket : public MarketDataFeed {
 public:
    explicit PairMarket(const PairMarketSpec& spec)
        : spec_{spec}, rng_{spec.seed}, walk_(spec.pairs, 100.0), gap_(spec.pairs, 0.0) {
        for (std::uint32_t i = 0; i < spec.pairs * 2; ++i) {
            Instrument instrument;
            instrument.base = (i % 2 == 0 ? "A" : "B") + std::to_string(i / 2);
            instrument.quote = "USD";
            instrument.tick = *Price::parse("0.01");
            instrument.lot = *Quantity::parse(i % 2 == 0 ? "0.01" : "0.1");
            instrument.quantity_min = instrument.lot;
            instrument.notional_min = *Money::parse("1");
            (void)*table_.add(instrument);
        }
        for (std::uint32_t p = 0; p < spec.pairs; ++p) {
            PairModel model;
            model.id = PairId{p};
            model.name = "A" + std::to_string(p) + "-B" + std::to_string(p);
            model.legs = {InstrumentId{2 * p}, InstrumentId{2 * p + 1}};
            model.weights = {1.0, -2.0};
            model.spread_mean = 10;
            model.spread_std = spec.residual / std::sqrt(1 - spec.phi * spec.phi);
            model.half_life = std::log(0.5) / std::log(spec.phi);
            models_.push_back(model);
        }
    }

    const InstrumentTable& instruments() const { return table_; }
    const std::vector<PairModel>& models() const { return models_; }

    Result<std::optional<MarketEvent>> next() override {
        if (bar_ == spec_.bars) return std::optional<MarketEvent>{};
        const auto pair = static_cast<std::uint32_t>(leg_ / 2);
        if (leg_ % 2 == 0) {
            walk_[pair] = std::max(20.0, walk_[pair] + 0.3 * rng_.normal());
            gap_[pair] = spec_.phi * gap_[pair] + spec_.residual * rng_.normal();
        }
        const double close = leg_ % 2 == 0 ? 2 * walk_[pair] + 10 + gap_[pair] : walk_[pair];
        ClosedBar bar;
        bar.instrument = InstrumentId{static_cast<std::uint32_t>(leg_)};
        bar.origin = BarOrigin::simulated;
        bar.open_time =
            Timestamp{} + std::chrono::hours{24 * 365} + spec_.length * static_cast<std::int64_t>(bar_);
        bar.length = spec_.length;
        bar.values.close = Price::from_double(close, 2).value();
        bar.values.open = open_[leg_].is_zero() ? bar.values.close : open_[leg_];
        bar.values.high = std::max(bar.values.open, bar.values.close);
        bar.values.low = std::min(bar.values.open, bar.values.close);
        bar.values.volume = *Quantity::from_double(spec_.volume, 2);
        open_[leg_] = bar.values.close;
        if (++leg_ == spec_.pairs * 2) {
            leg_ = 0;
            ++bar_;
        }
        return std::optional<MarketEvent>{bar};
    }

 private:
    PairMarketSpec spec_;
    Rng rng_;
    InstrumentTable table_;
    std::vector<PairModel> models_;
    std::vector<double> walk_, gap_;
    std::vector<Price> open_ = std::vector<Price>(spec_.pairs * 2);
    std::size_t bar_ = 0, leg_ = 0;
};

}  // namespace plumb::simulation
