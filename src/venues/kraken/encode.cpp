#include "venues/kraken/encode.hpp"

#include <algorithm>
#include <array>

#include "signing/signing.hpp"
#include "wire/json_tokens.hpp"

namespace plumb::venues::kraken {
namespace {

using wire::Host;
using wire::WireRequest;

struct Resolution {
    Duration length;
    std::string_view name;
};
using std::chrono::hours;
using std::chrono::minutes;
constexpr auto kResolutions = std::to_array<Resolution>({
    {minutes{1}, "1m"},
    {minutes{5}, "5m"},
    {minutes{15}, "15m"},
    {minutes{30}, "30m"},
    {hours{1}, "1h"},
    {hours{4}, "4h"},
    {hours{12}, "12h"},
    {hours{24}, "1d"},
    {hours{168}, "1w"},
});

/// "a=b&c=d", percent-encoded: what is signed and what is sent are the same bytes.
class Form {
 public:
    Form& add(std::string_view name, std::string_view value) {
        if (!text_.empty()) text_ += '&';
        text_ += name;
        text_ += '=';
        text_ += signing::percent_encoded(value);
        return *this;
    }
    const std::string& text() const { return text_; }

 private:
    std::string text_;
};

std::string iso_ms(Timestamp time) { return to_iso(time).substr(0, 23) + "Z"; }

WireRequest open_request(std::string target, Host host, Bucket bucket = Bucket::open_data) {
    WireRequest request;
    request.http.target = std::move(target);
    request.host = host;
    request.bucket = static_cast<unsigned char>(bucket);
    return request;
}

constexpr std::string_view kDerivatives = "/derivatives";

struct Builder {
    const AskContext& context;
    Timestamp now;

    /// `path` as it is signed; what lies on /derivatives is sent there.
    Result<WireRequest> signed_request(io::Method method, std::string_view path, const Form& form,
                                       unsigned cost, bool on_derivatives = true) const {
        if (context.key == nullptr || context.key_id.empty())
            return fail(Errc::denied, "Kraken Futures needs an API key and its secret for this question");
        WireRequest request;
        request.http.method = method;
        request.http.target =
            (on_derivatives ? std::string{kDerivatives} : std::string{}) + std::string{path};
        if (method == io::Method::post) {
            request.http.body = form.text();
            request.http.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
        } else if (!form.text().empty()) {
            request.http.target += "?" + form.text();
        }
        // No nonce: the venue wants none, and one more thing that can come in the wrong order is no safety.
        request.http.headers.push_back({"APIKey", context.key_id});
        request.http.headers.push_back({"Authent", context.key->authent(form.text(), {}, path)});
        request.bucket = static_cast<unsigned char>(Bucket::derivatives);
        request.weight = cost;
        return request;
    }
    Result<std::string> symbol_of(InstrumentId instrument) const {
        const std::string_view symbol = context.symbols.symbol_of(instrument);
        if (symbol.empty()) return fail(Errc::denied, "the instrument has no contract at Kraken Futures");
        return std::string{symbol};
    }

    static std::string_view order_type(const OrderRequest& order) {
        if (order.type == OrderType::market) return "mkt";
        if (order.type == OrderType::stop || order.type == OrderType::stop_limit) return "stp";
        if (order.time_in_force == TimeInForce::immediate_or_cancel) return "ioc";
        if (order.time_in_force == TimeInForce::fill_or_kill) return "fok";
        return "lmt";
    }
    std::string_view trigger() const {
        switch (context.stop_trigger) {
            case wire::PriceSource::mark: return "mark";
            case wire::PriceSource::index: return "index";
            case wire::PriceSource::last: break;
        }
        return "last";
    }

    Result<WireRequest> operator()(const wire::AskPlace& ask) const {
        const OrderRequest& order = ask.order;
        if (Status status = check_order(order, context.symbols, context.listings); !status)
            return fail(status.error());
        Form form;
        form.add("processBefore", iso_ms(now + kProcessWithin));
        form.add("orderType", order_type(order));
        form.add("symbol", context.symbols.symbol_of(order.instrument));
        form.add("side", to_string(order.side));
        form.add("size", order.quantity.to_string());
        if (order.type == OrderType::limit || order.type == OrderType::stop_limit)
            form.add("limitPrice", order.limit.to_string());
        if (order.type == OrderType::stop || order.type == OrderType::stop_limit)
            form.add("stopPrice", order.stop.to_string()).add("triggerSignal", trigger());
        form.add("cliOrdId", order.id.to_string());
        if (reduces_risk(order.purpose)) form.add("reduceOnly", "true");
        Result<WireRequest> request = signed_request(io::Method::post, "/api/v3/sendorder", form, 10);
        if (request) request->uses_reserve = reduces_risk(order.purpose);
        return request;
    }
    Result<WireRequest> operator()(const wire::AskCancel& ask) const {
        Form form;
        if (ask.order.venue.empty())
            form.add("cliOrdId", ask.order.client.to_string());
        else
            form.add("order_id", ask.order.venue.view());
        Result<WireRequest> request = signed_request(io::Method::post, "/api/v3/cancelorder", form, 10);
        if (request) request->uses_reserve = true;
        return request;
    }
    Result<WireRequest> operator()(const wire::AskReplace& ask) const {
        const OrderRequest& order = ask.order;
        if (Status status = check_order(order, context.symbols, context.listings); !status)
            return fail(status.error());
        if (order.type == OrderType::market || order.time_in_force != TimeInForce::good_till_canceled)
            return fail(Errc::denied, "only an order that rests in the book can be changed");
        Form form;
        form.add("processBefore", iso_ms(now + kProcessWithin));
        if (ask.replaced.venue.empty())
            form.add("cliOrdId", ask.replaced.client.to_string());
        else
            form.add("orderId", ask.replaced.venue.view());
        // The whole size, fills included: a fill that crosses the edit on its way cannot make it larger.
        form.add("size", order.quantity.to_string()).add("qtyMode", "ABSOLUTE");
        if (order.type != OrderType::stop) form.add("limitPrice", order.limit.to_string());
        if (order.type != OrderType::limit) form.add("stopPrice", order.stop.to_string());
        Result<WireRequest> request = signed_request(io::Method::post, "/api/v3/editorder", form, 10);
        if (request) request->uses_reserve = reduces_risk(order.purpose);
        return request;
    }
    Result<WireRequest> operator()(const wire::AskOrder& ask) const {
        if (ask.endpoint == 1) return signed_request(io::Method::get, "/api/v3/openorders", {}, 2);
        if (ask.endpoint > 1) return fail(Errc::unsupported, "Kraken Futures tells orders in two places");
        Form form;
        if (ask.order.venue.empty())
            form.add("cliOrdIds", ask.order.client.to_string());
        else
            form.add("orderIds", ask.order.venue.view());
        return signed_request(io::Method::post, "/api/v3/orders/status", form, 1);
    }
    Result<WireRequest> operator()(const wire::AskOpenOrders&) const {
        return signed_request(io::Method::get, "/api/v3/openorders", {}, 2);
    }
    Result<WireRequest> operator()(const wire::AskFills& ask) const {
        Form form;
        if (!ask.page.empty()) form.add("lastFillTime", ask.page);
        return signed_request(io::Method::get, "/api/v3/fills", form, ask.page.empty() ? 2 : 25);
    }
    Result<WireRequest> operator()(const wire::AskPositions&) const {
        return signed_request(io::Method::get, "/api/v3/openpositions", {}, 2);
    }
    Result<WireRequest> operator()(const wire::AskBalances&) const {
        return signed_request(io::Method::get, "/api/v3/accounts", {}, 2);
    }
    Result<WireRequest> operator()(const wire::AskAccount&) const {
        return signed_request(io::Method::get, "/api/v3/accounts", {}, 2);
    }
    Result<WireRequest> operator()(const wire::AskPermissions&) const {
        return signed_request(io::Method::get, "/api/auth/v1/api-keys/v3/check", {}, 2, false);
    }
    Result<WireRequest> operator()(const wire::AskListings&) const {
        return open_request("/derivatives/api/v3/instruments", Host::trading);
    }
    Result<WireRequest> operator()(const wire::AskBars& ask) const {
        const Result<std::string> symbol = symbol_of(ask.instrument);
        if (!symbol) return fail(symbol.error());
        const std::string_view resolution = resolution_of(ask.length);
        if (resolution.empty())
            return fail(Errc::unsupported,
                        "Kraken Futures has bars of 1m, 5m, 15m, 30m, 1h, 4h, 12h, 1d and 1w");
        if (ask.to <= ask.from) return fail(Errc::out_of_range, "expected a time span");
        using std::chrono::seconds;
        const auto second = [](Timestamp time) {
            return std::chrono::ceil<seconds>(time.time_since_epoch()).count();
        };
        std::int64_t from = second(ask.from);
        if (!ask.page.empty()) {
            const std::optional<std::uint64_t> page = wire::number_of(ask.page);
            if (!page || *page > 9'000'000'000) return fail(Errc::parse, "expected a page of candles");
            from = static_cast<std::int64_t>(*page);
        }
        const std::int64_t length = std::chrono::duration_cast<seconds>(ask.length).count();
        const std::int64_t to = std::min(second(ask.to), from + kBarsPerRequest * length) - 1;
        std::string target = "/api/charts/v1/";
        target += series_of(context.history);
        target += "/" + signing::percent_encoded(*symbol) + "/" + std::string{resolution};
        target += "?from=" + std::to_string(from) + "&to=" + std::to_string(std::max(from, to));
        return open_request(std::move(target), Host::market_data);
    }
    Result<WireRequest> operator()(const wire::AskTrades& ask) const {
        const Result<std::string> symbol = symbol_of(ask.instrument);
        if (!symbol) return fail(symbol.error());
        if (ask.to <= ask.from) return fail(Errc::out_of_range, "expected a time span");
        Form form;
        form.add("since", std::to_string(to_ms(ask.from))).add("before", std::to_string(to_ms(ask.to)));
        form.add("sort", "asc");
        if (!ask.page.empty()) form.add("continuation_token", ask.page);
        return open_request(
            "/api/history/v3/market/" + signing::percent_encoded(*symbol) + "/executions?" + form.text(),
            Host::market_data, Bucket::history);
    }
    Result<WireRequest> operator()(const wire::AskQuotes&) const {
        return open_request("/derivatives/api/v3/tickers", Host::market_data);
    }
    Result<WireRequest> operator()(const wire::AskBook& ask) const {
        const Result<std::string> symbol = symbol_of(ask.instrument);
        if (!symbol) return fail(symbol.error());
        return open_request("/derivatives/api/v3/orderbook?symbol=" + signing::percent_encoded(*symbol),
                            Host::market_data);
    }
    Result<WireRequest> operator()(const wire::AskClock&) const {
        return open_request("/derivatives/api/v3/tickers/PF_XBTUSD", Host::trading);
    }
    Result<WireRequest> operator()(const wire::AskStreamKey&) const {
        return fail(Errc::unsupported,
                    "Kraken Futures signs a challenge on the stream and has no stream key");
    }
    Result<WireRequest> operator()(const wire::AskCancelAllAfter& ask) const {
        using std::chrono::seconds;
        if (ask.after < Duration{}) return fail(Errc::out_of_range, "expected a time from now on");
        const std::int64_t after = std::chrono::ceil<seconds>(ask.after).count();
        if (after > 86'400) return fail(Errc::out_of_range, "expected a day at most");
        Form form;
        form.add("timeout", std::to_string(after));
        Result<WireRequest> request =
            signed_request(io::Method::post, "/api/v3/cancelallordersafter", form, 25);
        if (request) request->uses_reserve = true;
        return request;
    }
};

}  // namespace

std::string_view series_of(wire::PriceSource source) {
    switch (source) {
        case wire::PriceSource::mark: return "mark";
        case wire::PriceSource::index: return "spot";
        case wire::PriceSource::last: break;
    }
    return "trade";
}

std::string_view resolution_of(Duration length) {
    const auto* found = std::ranges::find(kResolutions, length, &Resolution::length);
    return found == kResolutions.end() ? std::string_view{} : found->name;
}

Result<WireRequest> encode(const wire::Question& question, const AskContext& context, Timestamp now) {
    return std::visit(Builder{context, now}, question);
}

}  // namespace plumb::venues::kraken
