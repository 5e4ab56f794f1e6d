#include "venues/binance/encode.hpp"

#include <charconv>

#include "venues/binance/messages.hpp"
#include "venues/binance/order_words.hpp"

namespace plumb::venues::binance {
namespace {

using io::Method;
using wire::Host;
using wire::WireRequest;

constexpr std::int64_t kReceiveWindowMs = 5000;

/// What a request costs and what it is for.
struct Cost {
    unsigned weight = 1;
    unsigned char bucket = kWeightBucket;
    bool uses_reserve = false;
};

class Encoder {
 public:
    explicit Encoder(const EncodeContext& context) : c_{context}, spot_{context.market == Market::spot} {}

    Result<WireRequest> operator()(const wire::AskPlace& ask) const;
    Result<WireRequest> operator()(const wire::AskCancel& ask) const;
    Result<WireRequest> operator()(const wire::AskReplace& ask) const;
    Result<WireRequest> operator()(const wire::AskOrder& ask) const;
    Result<WireRequest> operator()(const wire::AskOpenOrders& ask) const;
    Result<WireRequest> operator()(const wire::AskFills& ask) const;
    Result<WireRequest> operator()(const wire::AskBars& ask) const;
    Result<WireRequest> operator()(const wire::AskTrades& ask) const;
    Result<WireRequest> operator()(const wire::AskQuotes& ask) const;
    Result<WireRequest> operator()(const wire::AskStreamKey& ask) const;
    Result<WireRequest> operator()(const wire::AskPositions&) const {
        if (spot_) return fail(Errc::unsupported, "Binance spot has balances, no positions");
        return signed_request(Method::get, "/fapi/v3/positionRisk", {}, {.weight = 5});
    }
    Result<WireRequest> operator()(const wire::AskBalances&) const {
        if (spot_) return account();
        return signed_request(Method::get, "/fapi/v3/balance", {}, {.weight = 5});
    }
    Result<WireRequest> operator()(const wire::AskAccount&) const { return account(); }
    Result<WireRequest> operator()(const wire::AskPermissions&) const {
        if (!c_.tells_permissions)
            return fail(Errc::unsupported, "Binance's demo does not tell what a key may do");
        Result<WireRequest> request =
            signed_request(Method::get, "/sapi/v1/account/apiRestrictions", {}, {.weight = 1});
        if (request) request->host = Host::permissions;
        return request;
    }
    Result<WireRequest> operator()(const wire::AskListings&) const {
        Form form;
        if (spot_) form.add("showPermissionSets", "false");
        return open_request("exchangeInfo", form, spot_ ? 20 : 1);
    }
    Result<WireRequest> operator()(const wire::AskBook& ask) const {
        Form form;
        if (Status status = add_symbol(form, ask.instrument); !status) return fail(status.error());
        form.add("limit", 1000);
        return open_request("depth", form, spot_ ? 50 : 20);
    }
    Result<WireRequest> operator()(const wire::AskClock&) const { return open_request("time", {}, 1); }
    Result<WireRequest> operator()(const wire::AskCancelAllAfter&) const {
        return fail(Errc::unsupported, spot_ ? "Binance spot has no dead-man switch"
                                             : "Binance's dead-man switch is per symbol and not used");
    }

 private:
    Result<WireRequest> account() const {
        Form form;
        if (spot_) form.add("omitZeroBalances", "true");
        return signed_request(Method::get, spot_ ? "/api/v3/account" : "/fapi/v3/account", form,
                              {.weight = spot_ ? 20u : 5u});
    }
    /// Public: no key, from the public data host where there is one.
    Result<WireRequest> open_request(std::string_view name, const Form& form, unsigned weight) const {
        WireRequest request;
        request.host = Host::market_data;
        request.bucket = spot_ ? kDataBucket : kWeightBucket;
        request.weight = weight;
        request.http.target = (spot_ ? "/api/v3/" : "/fapi/v1/") + std::string{name};
        if (!form.text().empty()) request.http.target += "?" + form.text();
        return request;
    }
    Result<WireRequest> signed_request(Method method, std::string_view path, Form form, Cost cost) const {
        if (!c_.signer) return fail(c_.signer.error());
        form.add("recvWindow", kReceiveWindowMs).add("timestamp", to_ms(c_.now));
        WireRequest request;
        request.bucket = cost.bucket;
        request.weight = cost.weight;
        request.uses_reserve = cost.uses_reserve;
        request.http.method = method;
        request.http.target = path;
        request.http.headers.push_back({"X-MBX-APIKEY", c_.signer->key_id()});
        std::string text = c_.signer->signed_text(form);
        if (method == Method::post || method == Method::put) {
            request.http.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
            request.http.body = std::move(text);
        } else {
            request.http.target.append("?").append(text);
        }
        return request;
    }
    Status add_symbol(Form& form, InstrumentId instrument) const {
        const std::string_view symbol = c_.symbols.symbol_of(instrument);
        if (symbol.empty()) return fail(Errc::not_found, "an instrument that Binance has no symbol for");
        form.add("symbol", symbol);
        return {};
    }
    /// By our id where there is one: it is ours for ever. Names differ between ordinary and algo orders.
    Status add_key(Form& form, const wire::OrderKey& order, bool algo) const {
        const VenueNumber venue = number_of(order.venue);
        if (order.client != ClientOrderId{})
            form.add(algo ? "clientAlgoId" : "origClientOrderId", order.client.to_string());
        else if (!venue.digits.empty() && venue.algo == algo)
            form.add(algo ? "algoId" : "orderId", venue.digits);
        else
            return fail(Errc::invalid_argument, "expected an order's id of ours or of Binance");
        return {};
    }
    void add_order(Form& form, const OrderRequest& order) const;
    Status check(const OrderRequest& order) const {
        return check_order(c_.market, order, c_.symbols.symbol_of(order.instrument), c_.rules);
    }
    Result<WireRequest> place_algo(const OrderRequest& order) const;

    const EncodeContext& c_;
    bool spot_;
};

bool is_conditional(OrderType type) { return type == OrderType::stop || type == OrderType::stop_limit; }
std::string_view word(Side side) { return side == Side::buy ? "BUY" : "SELL"; }

/// side, type and what the type wants.
void Encoder::add_order(Form& form, const OrderRequest& order) const {
    const bool has_limit = order.type == OrderType::limit || order.type == OrderType::stop_limit;
    form.add("side", word(order.side)).add("type", type_word(c_.market, order.type));
    if (has_limit) form.add("timeInForce", time_in_force_word(order.time_in_force));
    form.add("quantity", order.quantity.to_string());
    if (has_limit) form.add("price", order.limit.to_string());
    if (is_conditional(order.type)) form.add(spot_ ? "stopPrice" : "triggerPrice", order.stop.to_string());
    if (!spot_ && reduces_risk(order.purpose)) form.add("reduceOnly", "true");
}

Result<WireRequest> Encoder::operator()(const wire::AskPlace& ask) const {
    const OrderRequest& order = ask.order;
    if (Status status = check(order); !status) return fail(status.error());
    if (!spot_ && is_conditional(order.type)) return place_algo(order);
    Form form;
    if (Status status = add_symbol(form, order.instrument); !status) return fail(status.error());
    add_order(form, order);
    form.add("newClientOrderId", order.id.to_string()).add("newOrderRespType", spot_ ? "FULL" : "RESULT");
    return signed_request(Method::post, spot_ ? "/api/v3/order" : "/fapi/v1/order", form,
                          {.weight = 1, .bucket = kOrderBucket, .uses_reserve = reduces_risk(order.purpose)});
}

/// Conditional orders of USD-M wait at a service of their own.
Result<WireRequest> Encoder::place_algo(const OrderRequest& order) const {
    Form form;
    form.add("algoType", "CONDITIONAL");
    if (Status status = add_symbol(form, order.instrument); !status) return fail(status.error());
    add_order(form, order);
    form.add("clientAlgoId", order.id.to_string());
    return signed_request(Method::post, "/fapi/v1/algoOrder", form,
                          {.weight = 1, .bucket = kOrderBucket, .uses_reserve = reduces_risk(order.purpose)});
}

Result<WireRequest> Encoder::operator()(const wire::AskCancel& ask) const {
    const bool algo = number_of(ask.order.venue).algo;
    Form form;
    if (!algo)
        if (Status status = add_symbol(form, ask.order.instrument); !status) return fail(status.error());
    if (Status status = add_key(form, ask.order, algo); !status) return fail(status.error());
    const std::string_view path = spot_ ? "/api/v3/order" : algo ? "/fapi/v1/algoOrder" : "/fapi/v1/order";
    return signed_request(Method::del, path, form, {.weight = 1, .uses_reserve = true});
}

Result<WireRequest> Encoder::operator()(const wire::AskReplace& ask) const {
    const OrderRequest& order = ask.order;
    if (Status status = check(order); !status) return fail(status.error());
    Form form;
    if (Status status = add_symbol(form, order.instrument); !status) return fail(status.error());
    const Cost cost{.weight = 1, .bucket = kOrderBucket, .uses_reserve = reduces_risk(order.purpose)};
    if (!spot_) {  // changed where it stands: the order keeps its ids
        if (order.type != OrderType::limit || number_of(ask.replaced.venue).algo)
            return fail(Errc::unsupported, "Binance futures change limit orders only; cancel and place anew");
        if (Status status = add_key(form, ask.replaced, false); !status) return fail(status.error());
        form.add("side", word(order.side))
            .add("quantity", order.quantity.to_string())
            .add("price", order.limit.to_string());
        return signed_request(Method::put, "/fapi/v1/order", form, cost);
    }
    add_order(form, order);
    form.add("cancelReplaceMode", "STOP_ON_FAILURE");
    if (ask.replaced.client != ClientOrderId{})
        form.add("cancelOrigClientOrderId", ask.replaced.client.to_string());
    else if (!ask.replaced.venue.empty())
        form.add("cancelOrderId", ask.replaced.venue.view());
    else
        return fail(Errc::invalid_argument, "expected an order's id of ours or of Binance");
    // Only while nothing of it is filled: a fill that crosses the change would come on top of the new order.
    form.add("cancelRestrictions", "ONLY_NEW")
        .add("newClientOrderId", order.id.to_string())
        .add("newOrderRespType", "FULL");
    return signed_request(Method::post, "/api/v3/order/cancelReplace", form, cost);
}

Result<WireRequest> Encoder::operator()(const wire::AskOrder& ask) const {
    if ((spot_ ? 0 : 1) < ask.endpoint)
        return fail(Errc::unsupported, "Binance tells orders in fewer places");
    const bool algo = ask.endpoint == 1;
    Form form;
    if (!algo)
        if (Status status = add_symbol(form, ask.order.instrument); !status) return fail(status.error());
    if (Status status = add_key(form, ask.order, algo); !status) return fail(status.error());
    const std::string_view path = spot_ ? "/api/v3/order" : algo ? "/fapi/v1/algoOrder" : "/fapi/v1/order";
    return signed_request(Method::get, path, form, {.weight = spot_ ? 4u : 1u, .uses_reserve = true});
}

Result<WireRequest> Encoder::operator()(const wire::AskOpenOrders& ask) const {
    const Page page = parse_page(ask.page);
    const bool algo = page.kind == Page::Kind::algo;
    if (page.kind != Page::Kind::first && (spot_ || !algo))
        return fail(Errc::invalid_argument, "a page that open orders do not have");
    Form form;
    if (ask.instrument)
        if (Status status = add_symbol(form, *ask.instrument); !status) return fail(status.error());
    const unsigned weight = spot_ ? (ask.instrument ? 6u : 80u) : (ask.instrument ? 1u : 40u);
    const std::string_view path = spot_  ? "/api/v3/openOrders"
                                  : algo ? "/fapi/v1/openAlgoOrders"
                                         : "/fapi/v1/openOrders";
    return signed_request(Method::get, path, form, {.weight = weight});
}

Result<WireRequest> Encoder::operator()(const wire::AskFills& ask) const {
    if (!ask.instrument) return fail(Errc::unsupported, "Binance tells fills of one symbol at a time");
    const Page page = parse_page(ask.page);
    Form form;
    if (Status status = add_symbol(form, *ask.instrument); !status) return fail(status.error());
    if (page.kind == Page::Kind::id) {
        form.add("fromId", page.number);
    } else if (page.kind == Page::Kind::first || page.kind == Page::Kind::time) {
        const std::int64_t start = page.kind == Page::Kind::time ? page.number : to_ms(ask.since);
        form.add("startTime", start)
            .add("endTime",
                 start +
                     std::chrono::duration_cast<std::chrono::milliseconds>(fills_window(c_.market)).count());
    } else {
        return fail(Errc::invalid_argument, "a page that fills do not have");
    }
    form.add("limit", kRowsMax);
    return signed_request(Method::get, spot_ ? "/api/v3/myTrades" : "/fapi/v1/userTrades", form,
                          {.weight = spot_ ? 20u : 5u});
}

Result<WireRequest> Encoder::operator()(const wire::AskBars& ask) const {
    const std::string_view interval = interval_name(ask.length);
    if (interval.empty() || (!spot_ && ask.length < std::chrono::minutes{1}))
        return fail(Errc::unsupported, "Binance has no bars of " + granularity_name(ask.length));
    const Page page = parse_page(ask.page);
    if (page.kind != Page::Kind::first && page.kind != Page::Kind::time)
        return fail(Errc::invalid_argument, "a page that bars do not have");
    Form form;
    if (Status status = add_symbol(form, ask.instrument); !status) return fail(status.error());
    const std::int64_t start = page.kind == Page::Kind::time ? page.number : to_ms(ask.from);
    form.add("interval", interval)
        .add("startTime", start)
        .add("endTime", to_ms(ask.to) - 1)  // of the opens, and it is inclusive
        .add("limit", kRowsMax);
    return open_request("klines", form, spot_ ? 2 : 5);
}

Result<WireRequest> Encoder::operator()(const wire::AskTrades& ask) const {
    const Page page = parse_page(ask.page);
    if (page.kind != Page::Kind::first && page.kind != Page::Kind::id)
        return fail(Errc::invalid_argument, "a page that trades do not have");
    Form form;
    if (Status status = add_symbol(form, ask.instrument); !status) return fail(status.error());
    // An end would be limited to an hour from the start; what is too late is left out of the answer instead.
    if (page.kind == Page::Kind::id)
        form.add("fromId", page.number);
    else
        form.add("startTime", to_ms(ask.from));
    form.add("limit", kRowsMax);
    return open_request("aggTrades", form, spot_ ? 4 : 20);
}

Result<WireRequest> Encoder::operator()(const wire::AskQuotes& ask) const {
    Form form;
    if (ask.instruments.size() == 1) {
        if (Status status = add_symbol(form, ask.instruments.front()); !status) return fail(status.error());
    } else if (spot_ && !ask.instruments.empty() && ask.instruments.size() <= 100) {
        std::string list = "[";
        for (const InstrumentId instrument : ask.instruments) {
            const std::string_view symbol = c_.symbols.symbol_of(instrument);
            if (symbol.empty()) return fail(Errc::not_found, "an instrument that Binance has no symbol for");
            list.append(list.size() == 1 ? "\"" : ",\"").append(symbol).append("\"");
        }
        form.add("symbols", list + "]");
    }
    return open_request("ticker/bookTicker", form, spot_ ? 4 : 5);
}

Result<WireRequest> Encoder::operator()(const wire::AskStreamKey& ask) const {
    using Step = wire::AskStreamKey::Step;
    if (spot_) return fail(Errc::unsupported, "Binance spot's private stream needs no stream key");
    if (!c_.signer) return fail(c_.signer.error());
    WireRequest request;
    request.http.method = ask.step == Step::create  ? Method::post
                          : ask.step == Step::renew ? Method::put
                                                    : Method::del;
    request.http.target = "/fapi/v1/listenKey";
    request.http.headers.push_back({"X-MBX-APIKEY", c_.signer->key_id()});
    return request;
}

}  // namespace

Page parse_page(std::string_view text) {
    if (text.empty()) return {};
    if (text == "algo") return {Page::Kind::algo, 0};
    Page page{Page::Kind::bad, 0};
    if (text.starts_with("id:"))
        page.kind = Page::Kind::id;
    else if (text.starts_with("t:"))
        page.kind = Page::Kind::time;
    const std::string_view digits =
        text.substr(text.find(':') == std::string_view::npos ? 0 : text.find(':') + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), page.number);
    if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size() || page.number < 0)
        page.kind = Page::Kind::bad;
    return page;
}

Result<WireRequest> encode(const wire::Question& question, const EncodeContext& context) {
    return std::visit(Encoder{context}, question);
}

}  // namespace plumb::venues::binance
