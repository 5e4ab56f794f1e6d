#include "app/capture_plan.hpp"

#include <cmath>
#include <numeric>

#include "risk/staleness.hpp"
#include "stats/half_life.hpp"
#include "stats/linear_regression.hpp"
#include "venues/binance/binance.hpp"
#include "wire/capture_feed.hpp"

namespace plumb::app {
namespace {

using wire::CaptureFeed;

/// A capture with the table and the venue it decodes with, which it refers to.
class OwnedCapture : public MarketDataFeed {
 public:
    static Result<std::unique_ptr<OwnedCapture>> open(const std::filesystem::path& folder,
                                                      const InstrumentTable& instruments) {
        auto owned = std::unique_ptr<OwnedCapture>{new OwnedCapture{instruments}};
        if (const Status added = owned->venue_->symbols().add_all(); !added) return fail(added.error());
        const std::array paths{folder / "BTCUSDT_raw_ws.jsonl.gz", folder / "ETHUSDT_raw_ws.jsonl.gz"};
        auto feed = CaptureFeed::open(paths, *owned->venue_);
        if (!feed) return fail(feed.error());
        owned->feed_.emplace(*std::move(feed));
        return owned;
    }
    Result<std::optional<MarketEvent>> next() override { return feed_->next(); }

 private:
    explicit OwnedCapture(const InstrumentTable& instruments)
        : instruments_{instruments}, venue_{venues::binance::make_venue({.instruments = &instruments_})} {}

    InstrumentTable instruments_;
    std::unique_ptr<wire::Venue> venue_;
    std::optional<CaptureFeed> feed_;
};

struct Mids {
    std::vector<Timestamp> at;
    std::vector<double> btc, eth;
    std::uint64_t events = 0;
    Timestamp first, last;
};

Result<InstrumentTable> capture_instruments() {
    InstrumentTable table;
    for (const auto& [base, lot] : {std::pair{"BTC", -5}, std::pair{"ETH", -4}}) {
        Instrument instrument;
        instrument.base = base;
        instrument.quote = "USDT";
        instrument.tick = Price{Decimal::power_of_ten(-2)};
        instrument.lot = instrument.quantity_min = Quantity{Decimal::power_of_ten(lot)};
        instrument.notional_min = Money{Decimal{5}};
        if (const auto added = table.add(instrument); !added) return fail(added.error());
    }
    return table;
}

/// The last mids of every whole second in which both are known.
Result<Mids> read_mids(MarketDataFeed& feed) {
    Mids mids;
    std::array<double, 2> mid{};
    std::optional<Timestamp> second;
    for (;;) {
        auto next = feed.next();
        if (!next) return fail(next.error());
        if (!*next) return mids;
        const Timestamp now = known_at(**next);
        if (mids.events++ == 0) mids.first = now;
        mids.last = now;
        const Timestamp this_second = std::chrono::floor<std::chrono::seconds>(now);
        if (second && *second < this_second && mid[0] > 0 && mid[1] > 0) {
            mids.at.push_back(this_second);
            mids.btc.push_back(mid[0]);
            mids.eth.push_back(mid[1]);
        }
        second = this_second;
        if (const auto* quote = std::get_if<Quote>(&**next))
            mid[quote->instrument.value] = quote->mid().to_double();
    }
}

Result<CaptureFit> fit_first_half(const Mids& mids) {
    CaptureFit fit;
    fit.events = mids.events;
    fit.first = mids.first;
    fit.last = mids.last;
    fit.half = std::chrono::floor<std::chrono::seconds>(mids.first + (mids.last - mids.first) / 2);
    fit.seconds = static_cast<std::size_t>(std::ranges::lower_bound(mids.at, fit.half) - mids.at.begin());
    const std::span<const double> btc{mids.btc.data(), fit.seconds}, eth{mids.eth.data(), fit.seconds};
    const auto line = stats::fit_linear(btc, eth, stats::Trend::constant);
    if (!line) return fail(line.error());
    fit.hedge_ratio = line->parameters[0];
    fit.intercept = line->parameters[1];
    fit.deviation = std::sqrt(line->ssr / static_cast<double>(fit.seconds - 1));
    fit.r_squared = line->r_squared();
    if (const auto half_life = stats::half_life(line->residuals)) fit.half_life = *half_life;
    fit.price_y = std::accumulate(btc.begin(), btc.end(), 0.0) / static_cast<double>(fit.seconds);
    return fit;
}

}  // namespace

Result<CapturePlan> plan_capture(const std::filesystem::path& folder) {
    const auto table = capture_instruments();
    if (!table) return fail(table.error());
    auto first_pass = OwnedCapture::open(folder, *table);
    if (!first_pass) return fail(first_pass.error());
    const auto mids = read_mids(**first_pass);
    if (!mids) return fail(mids.error());
    const auto fit = fit_first_half(*mids);
    if (!fit) return fail(fit.error());
    CapturePlan out{{}, *fit};
    TradingPlan& plan = out.plan;
    plan.data_source = "replay";
    plan.instruments = *table;
    plan.bars = false;
    plan.trade_from = fit->half;
    PairModel model;
    model.id = PairId{0};
    model.name = "ETH-BTC";
    model.legs = {*table->find("ETH/USDT"), *table->find("BTC/USDT")};
    model.weights = {-fit->hedge_ratio, 1};
    model.spread_mean = fit->intercept;
    model.spread_std = fit->deviation;
    model.half_life = fit->half_life.value_or(0);
    model.fitted_until = fit->half;
    plan.models.push_back(std::move(model));
    plan.close_only.push_back(false);
    const risk::StalenessLimits limits = risk::pair_staleness("BTC", "ETH", {});
    plan.staleness.push_back({limits.entry, limits.exit, limits.emergency});
    auto second_pass = OwnedCapture::open(folder, *table);
    if (!second_pass) return fail(second_pass.error());
    plan.feed = *std::move(second_pass);
    return out;
}

}  // namespace plumb::app
