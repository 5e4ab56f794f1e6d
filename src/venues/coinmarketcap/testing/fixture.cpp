#include "venues/coinmarketcap/testing/fixture.hpp"

#include <fmt/format.h>

#include "venues/coinmarketcap/coinmarketcap.hpp"

namespace plumb::venues::coinmarketcap {
namespace {

using conformance::Happening;
using conformance::ServedInstrument;
using conformance::Truth;
using Answer = std::optional<io::HttpResponse>;

constexpr std::uint64_t kNumbers[] = {1, 1027};

ServedInstrument coin(const char* base) {
    ServedInstrument served;
    served.instrument.base = base;
    served.instrument.quote = "USD";
    served.instrument.tick = Price{Decimal::power_of_ten(-8)};
    served.instrument.lot = Quantity{Decimal::power_of_ten(-8)};
    served.instrument.can_short = false;
    served.symbol = std::string{base} + "-USD";
    return served;
}

std::string status(Timestamp now, int code, std::string_view message, int credits) {
    return fmt::format(
        R"("status":{{"timestamp":"{}","error_code":{},"error_message":{},"elapsed":10,"credit_count":{}}})",
        to_iso(now), code, message.empty() ? std::string{"null"} : fmt::format("\"{}\"", message), credits);
}
Answer answer(const Truth& truth, std::string_view data) {
    return io::HttpResponse{200, {}, fmt::format(R"({{"data":{},{}}})", data, status(truth.now, 0, {}, 1))};
}
io::HttpResponse error(const Truth& truth, int http, int code, std::string_view message) {
    return {http, {}, fmt::format("{{{}}}", status(truth.now, code, message, 0))};
}

/// The truth in the words of each question; nothing for what the venue knows nothing of.
struct Server {
    const std::vector<ServedInstrument>& instruments;
    const Truth& truth;

    std::string head(InstrumentId id) const {
        return fmt::format(R"("id":{},"name":"Coin","symbol":"{}")", kNumbers[id.value],
                           instruments[id.value].instrument.base);
    }
    Answer operator()(const wire::AskListings&) const {
        std::string rows;
        for (std::uint32_t i = 0; i < instruments.size(); ++i)
            rows += fmt::format(R"({}{{{},"rank":{},"is_active":1}})", i == 0 ? "" : ",",
                                head(InstrumentId{i}), i + 1);
        return answer(truth, "[" + rows + "]");
    }
    Answer operator()(const wire::AskQuotes& ask) const {
        std::string rows;
        for (const InstrumentId id : ask.instruments)
            for (const Quote& quote : truth.quotes)
                if (quote.instrument == id)
                    rows += fmt::format(
                        R"({}{{{},"tags":[],"quote":[{{"id":2781,"symbol":"USD","price":{},"last_updated":"{}"}}]}})",
                        rows.empty() ? "" : ",", head(id), quote.mid().to_string(), to_iso(quote.venue_time));
        return answer(truth, "[" + rows + "]");
    }
    Answer operator()(const wire::AskBars& ask) const {
        std::string rows;
        for (const ClosedBar& bar : truth.bars)
            if (bar.instrument == ask.instrument && bar.length == ask.length)
                rows += fmt::format(
                    R"({}{{"time_open":"{}","time_close":"{}","quote":{{"USD":{{"open":{},"high":{},"low":{},"close":{},)"
                    R"("volume":5244856835.70851}}}}}})",
                    rows.empty() ? "" : ",", to_iso(bar.open_time),
                    to_iso(bar.close_time() - std::chrono::milliseconds{1}), bar.values.open.to_string(),
                    bar.values.high.to_string(), bar.values.low.to_string(), bar.values.close.to_string());
        return answer(truth, fmt::format(R"({{{},"quotes":[{}]}})", head(ask.instrument), rows));
    }
    Answer operator()(const wire::AskClock&) const { return plan(); }
    Answer operator()(const wire::AskAccount&) const { return plan(); }
    Answer operator()(const wire::AskPermissions&) const { return plan(); }
    Answer plan() const {
        return answer(
            truth,
            R"({"plan":{"credit_limit_monthly":300000,"rate_limit_minute":60},"usage":{"current_minute":{"requests_made":1,)"
            R"("requests_left":59},"current_day":{"credits_used":1},"current_month":{"credits_used":1,"credits_left":299999}}})");
    }
    template <class Other>
    Answer operator()(const Other&) const {
        return std::nullopt;
    }
};

class CoinMarketCapFixture final : public conformance::Fixture {
 public:
    const std::vector<ServedInstrument>& instruments() const override { return instruments_; }
    std::unique_ptr<wire::Venue> make_venue(InstrumentTable& table) const override {
        return venue_of(table, "b54bcf4d-1bca-4e8e-9a24-22ff2c3d462c");
    }
    std::unique_ptr<wire::Venue> make_venue_without_key(InstrumentTable& table) const override {
        return venue_of(table, "");
    }
    Answer http(const wire::Question& question, Happening happening, const Truth& truth) const override {
        switch (happening) {
            case Happening::nothing: return std::visit(Server{instruments_, truth}, question);
            case Happening::rate_limited: {
                io::HttpResponse limited =
                    error(truth, 429, 1008, "You've exceeded your API Key's HTTP request rate limit.");
                limited.headers.push_back(
                    {"Retry-After", std::to_string(conformance::kRateLimitWait / std::chrono::seconds{1})});
                return limited;
            }
            case Happening::wrong_key: return error(truth, 401, 1001, "This API Key is invalid.");
            case Happening::refused:
            case Happening::duplicate:
            case Happening::clock_off:
            case Happening::maintenance: return std::nullopt;
        }
        return std::nullopt;
    }

 private:
    static std::unique_ptr<wire::Venue> venue_of(InstrumentTable& table, std::string_view key) {
        wire::VenueOptions options;
        options.instruments = &table;
        options.plan = "professional";
        options.credentials.secret = Secret{key};
        return coinmarketcap::make_venue(options);
    }
    std::vector<ServedInstrument> instruments_{coin("BTC"), coin("ETH")};
};

}  // namespace

std::unique_ptr<conformance::Fixture> make_fixture() { return std::make_unique<CoinMarketCapFixture>(); }

}  // namespace plumb::venues::coinmarketcap
