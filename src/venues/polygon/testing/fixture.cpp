#include "venues/polygon/testing/fixture.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "venues/polygon/polygon.hpp"

namespace plumb::venues::polygon {
namespace {

using conformance::Happening;
using conformance::ServedInstrument;
using conformance::Truth;
using Answer = std::optional<io::HttpResponse>;
using Frames = std::vector<std::string>;

ServedInstrument coin(const char* base) {
    ServedInstrument served;
    served.instrument.base = base;
    served.instrument.quote = "USD";
    served.instrument.tick = Price{Decimal::power_of_ten(-8)};
    served.instrument.lot = served.instrument.quantity_min = Quantity{Decimal::power_of_ten(-8)};
    served.symbol = std::string{base} + "-USD";
    return served;
}

std::string ticker_of(const ServedInstrument& served) { return "X:" + served.instrument.base + "USD"; }

io::HttpResponse answer(std::string body, int status = 200) {
    return {status,
            {{"Content-Type", "application/json"}, {"X-Request-ID", "6a7e466379af0a71039d60cc78e72282"}},
            std::move(body)};
}
std::string status(const char* name, const std::string& message) {
    return fmt::format(R"([{{"ev":"status","status":"{}","message":"{}"}}])", name, message);
}

class CryptoPeer final : public conformance::StreamPeer {
 public:
    explicit CryptoPeer(const std::vector<ServedInstrument>& instruments) : instruments_{instruments} {}

    Frames opened() override { return {status("connected", "Connected Successfully")}; }
    Frames answer(std::string_view client_frame, wire::Refusal mood, Timestamp) override {
        const auto asked = nlohmann::json::parse(client_frame, nullptr, false);
        if (asked.is_discarded() || !asked.contains("action")) return {status("error", "invalid message")};
        const std::string action = asked["action"], parameters = asked.value("params", "");
        if (mood == wire::Refusal::connection_limit)
            return {status(
                "max_connections",
                "Maximum number of websocket connections exceeded. You have reached the connection limit "
                "for your account.")};
        if (action == "auth") {
            if (mood == wire::Refusal::unauthorized) return {status("auth_failed", "authentication failed")};
            return {status("auth_success", "authenticated")};
        }
        Frames frames;
        for (std::size_t at = 0; at < parameters.size();) {
            const std::size_t end = std::min(parameters.find(',', at), parameters.size());
            const std::string topic = parameters.substr(at, end - at);
            at = end + 1;
            if (mood == wire::Refusal::not_entitled)
                frames.push_back(status("error", "not authorized to subscribe to: " + topic));
            else if (mood == wire::Refusal::none)
                frames.push_back(status("success", action + "d to: " + topic));
        }
        return frames;
    }
    Frames trade(const Trade& trade) override {
        return {
            fmt::format(R"([{{"ev":"XT","pair":"{}","p":{},"t":{},"s":{},"c":[{}],"i":{},"x":3,"r":{}}}])",
                        symbol(trade.instrument), trade.price.to_string(), to_ms(trade.venue_time),
                        trade.quantity.to_string(), trade.aggressor == Side::sell ? 1 : 2, trade.trade_id,
                        to_ms(trade.venue_time))};
    }
    Frames quote(const Quote& quote) override {
        return {
            fmt::format(R"([{{"ev":"XQ","pair":"{}","bp":{},"bs":{},"ap":{},"as":{},"t":{},"x":1,"r":{}}}])",
                        symbol(quote.instrument), quote.bid.to_string(), quote.bid_quantity.to_string(),
                        quote.ask.to_string(), quote.ask_quantity.to_string(), to_ms(quote.venue_time),
                        to_ms(quote.venue_time))};
    }
    Frames bar(const ClosedBar& bar, Timestamp) override {
        const char* topic = bar.length == std::chrono::minutes{1}   ? "XA"
                            : bar.length == std::chrono::seconds{1} ? "XAS"
                                                                    : nullptr;
        if (topic == nullptr) return {};
        return {fmt::format(
            R"([{{"ev":"{}","pair":"{}","v":{},"vw":{},"z":0,"o":{},"c":{},"h":{},"l":{},"s":{},"e":{}}}])",
            topic, symbol(bar.instrument), bar.values.volume.to_string(), bar.values.close.to_string(),
            bar.values.open.to_string(), bar.values.close.to_string(), bar.values.high.to_string(),
            bar.values.low.to_string(), to_ms(bar.open_time), to_ms(bar.close_time()))};
    }

 private:
    const std::string& symbol(InstrumentId id) const { return instruments_[id.value].symbol; }

    const std::vector<ServedInstrument>& instruments_;
};

/// One answer in the making.
struct Server {
    const std::vector<ServedInstrument>& instruments;
    const Truth& truth;

    template <class Ask>
    Answer operator()(const Ask&) const {
        return std::nullopt;
    }
    Answer operator()(const wire::AskListings& ask) const {
        const std::size_t which = ask.page.empty() ? 0 : std::stoul(ask.page);
        if (instruments.size() <= which) return std::nullopt;
        return answer(fmt::format(
            R"({{"results":[{{"ticker":"{}","name":"{}","market":"crypto","locale":"global",)"
            R"("active":true,"currency_symbol":"USD"}}],"status":"OK","request_id":"r","count":1}})",
            ticker_of(instruments[which]), instruments[which].instrument.base));
    }
    Answer operator()(const wire::AskBars& ask) const {
        std::string rows;
        std::size_t count = 0;
        for (const ClosedBar& bar : truth.bars) {
            if (bar.instrument != ask.instrument || bar.length != ask.length || bar.open_time < ask.from ||
                ask.to <= bar.open_time)
                continue;
            rows += fmt::format(R"({}{{"v":{},"vw":{},"o":{},"c":{},"h":{},"l":{},"t":{},"n":1}})",
                                count++ == 0 ? "" : ",", bar.values.volume.to_string(),
                                bar.values.close.to_string(), bar.values.open.to_string(),
                                bar.values.close.to_string(), bar.values.high.to_string(),
                                bar.values.low.to_string(), to_ms(bar.open_time));
        }
        // Where there is nothing the list is missing.
        const std::string results = count == 0 ? "" : "\"results\":[" + rows + "],";
        return answer(fmt::format(
            R"({{"ticker":"{}","queryCount":{},"resultsCount":{},"adjusted":true,{}"status":"OK",)"
            R"("request_id":"r","count":{}}})",
            ticker_of(instruments[ask.instrument.value]), count, count, results, count));
    }
    Answer operator()(const wire::AskTrades& ask) const {
        std::string rows;
        for (const Trade& trade : truth.trades) {
            if (trade.instrument != ask.instrument) continue;
            rows += fmt::format(
                R"({}{{"conditions":[{}],"exchange":1,"id":"{}","participant_timestamp":{},"price":{},)"
                R"("size":{}}})",
                rows.empty() ? "" : ",", trade.aggressor == Side::sell ? 1 : 2, trade.trade_id,
                to_ns(trade.venue_time), trade.price.to_string(), trade.quantity.to_string());
        }
        return answer(R"({"results":[)" + rows + R"(],"status":"OK","request_id":"r"})");
    }
    Answer operator()(const wire::AskClock&) const {
        return answer(
            fmt::format(R"({{"market":"open","earlyHours":false,"afterHours":false,"serverTime":"{}",)"
                        R"("exchanges":{{"nyse":"open"}},"currencies":{{"fx":"open","crypto":"open"}}}})",
                        to_iso(truth.now)));
    }
};

class PolygonFixture final : public conformance::Fixture {
 public:
    const std::vector<ServedInstrument>& instruments() const override { return instruments_; }
    std::unique_ptr<wire::Venue> make_venue(InstrumentTable& table) const override {
        return venue_of(table, "JqRgXrQxeBtEMzKxnxzDGgEmrPcXvBNm");
    }
    std::unique_ptr<wire::Venue> make_venue_without_key(InstrumentTable& table) const override {
        return venue_of(table, "");
    }
    Answer http(const wire::Question& question, Happening happening, const Truth& truth) const override {
        switch (happening) {
            case Happening::nothing: return std::visit(Server{instruments_, truth}, question);
            case Happening::rate_limited:
                return answer(
                    R"({"status":"ERROR","request_id":"r","error":"You've exceeded the maximum requests per )"
                    R"(minute, please wait or upgrade your subscription to continue."})",
                    429);
            case Happening::wrong_key:
                return answer(R"({"status":"ERROR","request_id":"r","error":"Unknown API Key"})", 401);
            case Happening::refused:
            case Happening::duplicate:
            case Happening::clock_off:
            case Happening::maintenance: break;  // the documents know none of them
        }
        return std::nullopt;
    }
    std::unique_ptr<conformance::StreamPeer> market_peer() const override {
        return std::make_unique<CryptoPeer>(instruments_);
    }

 private:
    static std::unique_ptr<wire::Venue> venue_of(InstrumentTable& table, const char* key) {
        wire::VenueOptions options;
        options.instruments = &table;
        options.credentials.key_id = key;
        return polygon::make_venue(options);
    }

    std::vector<ServedInstrument> instruments_{coin("BTC"), coin("ETH")};
};

}  // namespace

std::unique_ptr<conformance::Fixture> make_fixture() { return std::make_unique<PolygonFixture>(); }

}  // namespace plumb::venues::polygon
