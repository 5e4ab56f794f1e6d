#include "venues/binance/answers.hpp"

#include "venues/binance/encode.hpp"
#include "venues/binance/listing_answers.hpp"
#include "venues/binance/order_words.hpp"
#include "venues/binance/verdicts.hpp"

namespace plumb::venues::binance {
namespace {

using Element = simdjson::dom::element;
using wire::Reply;
using wire::Verdict;

constexpr std::size_t kBodyMax = std::size_t{64} << 20;

bool is_ok(int status) { return 200 <= status && status < 300; }

/// {"code": -1121, "msg": "…"}. An algo order's cancellation says {"code": "200", "msg": "success"}.
std::optional<Complaint> complaint_in(Element root) {
    Complaint complaint;
    if (root["code"].get_int64().get(complaint.code) != simdjson::SUCCESS || complaint.code == 200)
        return std::nullopt;
    if (root["msg"].get_string().get(complaint.message) != simdjson::SUCCESS) return std::nullopt;
    return complaint;
}

using Gather = bool (*)(Element row, const AnswerContext& context, Gathered& out);

/// Every row of a list; false after the first bad one.
bool gather_list(Element root, const AnswerContext& context, Gather gather, Gathered& out) {
    simdjson::dom::array rows;
    if (root.get_array().get(rows) != simdjson::SUCCESS) return out.refuse("expected a list");
    for (const Element row : rows)
        if (!gather(row, context, out)) return false;
    return true;
}

bool gather_spot_balance(Element row, const AnswerContext& context, Gathered& out) {
    AnswerFields fields{row};
    wire::Balance balance;
    balance.asset = fields.fixed<16>("asset");
    balance.available = fields.decimal("free");
    balance.total = balance.available + fields.decimal("locked");
    balance.received_at = context.received_at;
    if (!out.good(fields)) return false;
    out.events.emplace_back(balance);
    return true;
}

bool gather_margin_balance(Element row, const AnswerContext& context, Gathered& out) {
    AnswerFields fields{row};
    wire::Balance balance;
    balance.asset = fields.fixed<16>("asset");
    balance.total = fields.decimal("balance");
    balance.available = fields.decimal("availableBalance");
    balance.received_at = context.received_at;
    if (!out.good(fields)) return false;
    out.events.emplace_back(balance);
    return true;
}

bool gather_position(Element row, const AnswerContext& context, Gathered& out) {
    AnswerFields fields{row};
    wire::VenuePosition position;
    position.symbol = fields.fixed<32>("symbol");
    position.quantity = position.available = Quantity{fields.decimal("positionAmt")};
    position.entry = fields.price_if_any("entryPrice").value_or(Price{});
    if (fields.has("markPrice")) position.mark = fields.price_if_any("markPrice");
    const bool one_way = fields.text("positionSide") == "BOTH";
    if (fields.ok() && !one_way && !position.quantity.is_zero())
        fields.refuse("a position in hedge mode; set the account to one-way mode", "positionSide");
    if (!out.good(fields)) return false;
    if (!one_way) return true;
    position.instrument = context.symbols.find(position.symbol.view());
    position.received_at = context.received_at;
    out.events.emplace_back(position);
    return true;
}

bool gather_spot_account(Element root, const AnswerContext& context, Gathered& out) {
    AnswerFields fields{root};
    wire::AccountFacts facts;
    if (fields.has("uid")) facts.account = venue_order_id(fields.number("uid"));
    facts.may_trade = fields.truth("canTrade");
    facts.may_short = false;
    if (!*facts.may_trade) facts.trouble = std::string_view{"the venue does not let this account trade"};
    facts.received_at = context.received_at;
    if (!out.good(fields)) return false;
    out.events.emplace_back(facts);
    return true;
}

/// True where positions of both sides of one symbol are held or could be.
bool in_hedge_mode(const AnswerFields& fields) {
    const std::optional<Element> list = fields.child("positions");
    simdjson::dom::array rows;
    if (!list || list->get_array().get(rows) != simdjson::SUCCESS) return false;
    for (const Element row : rows) {
        AnswerFields position{row};
        const std::string_view side = position.text("positionSide");
        if (position.ok() && side != "BOTH" && !position.decimal("positionAmt").is_zero()) return true;
    }
    return false;
}

bool gather_margin_account(Element root, const AnswerContext& context, Gathered& out) {
    AnswerFields fields{root};
    wire::AccountFacts facts;
    facts.currency = std::string_view{"USD"};
    facts.may_trade = fields.maybe_truth("canTrade");
    facts.may_short = true;
    facts.equity = fields.decimal("totalMarginBalance");
    facts.cash = fields.decimal("totalWalletBalance");
    facts.buying_power = fields.decimal("availableBalance");
    facts.margin_used = fields.decimal("totalInitialMargin");
    if (in_hedge_mode(fields))
        facts.trouble = std::string_view{"hedge mode: set the account to one-way mode"};
    facts.received_at = context.received_at;
    if (!out.good(fields)) return false;
    out.events.emplace_back(facts);
    return true;
}

bool gather_permissions(Element root, const AnswerContext& context, Gathered& out) {
    AnswerFields fields{root};
    wire::AccountFacts facts;
    facts.may_withdraw = fields.truth("enableWithdrawals");
    facts.may_trade =
        fields.truth(context.market == Market::spot ? "enableSpotAndMarginTrading" : "enableFutures");
    facts.received_at = context.received_at;
    if (!out.good(fields)) return false;
    out.events.emplace_back(facts);
    return true;
}

bool gather_clock(Element root, const AnswerContext& context, Gathered& out) {
    AnswerFields fields{root};
    const wire::ServerClock clock{fields.time("serverTime"), context.received_at};
    if (!out.good(fields)) return false;
    out.events.emplace_back(clock);
    return true;
}

bool gather_stream_key(Element root, const wire::AskStreamKey& ask, const AnswerContext& context,
                       Gathered& out) {
    AnswerFields fields{root};
    if (ask.step != wire::AskStreamKey::Step::create && !fields.has("listenKey")) return out.good(fields);
    const wire::StreamKey key{fields.fixed<128>("listenKey"), context.received_at};
    if (fields.ok() && key.key.empty()) fields.refuse("an empty key", "listenKey");
    if (!out.good(fields)) return false;
    out.events.emplace_back(key);
    return true;
}

/// The two halves of a spot cancel-replace, in the answer itself or, where one failed, under "data".
std::optional<Reply> read_halves(Element root, const wire::AskReplace& ask, const AnswerContext& context,
                                 const io::HttpResponse& response, Gathered& out) {
    Element data;
    if (root["data"].get(data) != simdjson::SUCCESS) data = root;
    std::string_view cancel, place;
    Element canceled, placed;
    if (data["cancelResult"].get_string().get(cancel) != simdjson::SUCCESS ||
        data["newOrderResult"].get_string().get(place) != simdjson::SUCCESS)
        return std::nullopt;
    const bool has_canceled = data["cancelResponse"].get(canceled) == simdjson::SUCCESS;
    const bool has_placed = data["newOrderResponse"].get(placed) == simdjson::SUCCESS;
    if (cancel == "SUCCESS" && !(has_canceled && gather_order(canceled, context, out))) return Reply{};
    Reply reply;
    if (place == "SUCCESS") {
        const std::size_t first = out.events.size();
        if (!has_placed || !gather_order(placed, context, out)) return Reply{};
        const std::string replaced = ask.replaced.client != ClientOrderId{}
                                         ? ask.replaced.client.to_string()
                                         : std::string{ask.replaced.venue.view()};
        for (std::size_t i = first; i < out.events.size(); ++i)
            std::get<wire::OrderUpdate>(out.events[i]).replaces = std::string_view{replaced}.substr(0, 64);
        reply.verdict = Verdict::ok;
        return reply;
    }
    if (place == "NOT_ATTEMPTED" && cancel == "FAILURE") {
        // Certain of the new order, whatever kept the old one from being canceled.
        const std::optional<Complaint> why = has_canceled ? complaint_in(canceled) : std::nullopt;
        reply = why ? reply_of(context.market, *why, response, context.received_at) : Reply{};
        reply.verdict = Verdict::refused;
        return reply;
    }
    const std::optional<Complaint> why =
        place == "FAILURE" && has_placed ? complaint_in(placed) : std::nullopt;
    return why ? reply_of(context.market, *why, response, context.received_at) : Reply{};
}

/// After a list of fills: by id where there was one, since that needs no window of time.
std::string next_page_of_fills(const wire::AskFills& ask, Element root, const AnswerContext& context) {
    const Page page = parse_page(ask.page);
    simdjson::dom::array rows;
    if (root.get_array().get(rows) != simdjson::SUCCESS) return {};
    std::uint64_t last = 0;
    for (const Element row : rows) {
        std::uint64_t id = 0;
        if (row["id"].get_uint64().get(id) == simdjson::SUCCESS) last = std::max(last, id);
    }
    const bool full = kRowsMax <= static_cast<std::int64_t>(rows.size());
    const std::string after = "id:" + std::to_string(last + 1);
    if (page.kind == Page::Kind::id) return full ? after : "";
    const std::int64_t start = page.kind == Page::Kind::time ? page.number : to_ms(ask.since);
    const std::int64_t end =
        start + std::chrono::duration_cast<std::chrono::milliseconds>(fills_window(context.market)).count();
    const bool more = end < to_ms(context.received_at);
    if (rows.size() > 0) return full || more ? after : "";
    return more ? "t:" + std::to_string(end) : "";
}

/// Events of a whole and successful answer; false after refusing.
struct Gatherer {
    Element root;
    const AnswerContext& context;
    Gathered& out;
    Reply& reply;

    bool operator()(const wire::AskPlace&) const { return gather_order_or_algo(); }
    bool operator()(const wire::AskCancel&) const {
        if (root["clientAlgoId"].error() == simdjson::SUCCESS) return true;  // canceled, and no more said
        return gather_order(root, context, out);
    }
    bool operator()(const wire::AskReplace&) const { return gather_order(root, context, out); }
    bool operator()(const wire::AskOrder&) const { return gather_order_or_algo(); }
    bool operator()(const wire::AskOpenOrders& ask) const {
        const bool algo = parse_page(ask.page).kind == Page::Kind::algo;
        if (context.market == Market::futures && !algo) reply.next_page = "algo";
        return gather_list(root, context, algo ? &gather_algo_order : &gather_order, out);
    }
    bool operator()(const wire::AskFills& ask) const {
        reply.next_page = next_page_of_fills(ask, root, context);
        return gather_list(root, context, &gather_fill, out);
    }
    bool operator()(const wire::AskPositions&) const {
        return gather_list(root, context, &gather_position, out);
    }
    bool operator()(const wire::AskBalances&) const {
        if (context.market == Market::futures) return gather_list(root, context, &gather_margin_balance, out);
        Element rows;
        if (root["balances"].get(rows) != simdjson::SUCCESS)
            return out.refuse("a key is missing", "balances");
        return gather_list(rows, context, &gather_spot_balance, out);
    }
    bool operator()(const wire::AskAccount&) const {
        return context.market == Market::spot ? gather_spot_account(root, context, out)
                                              : gather_margin_account(root, context, out);
    }
    bool operator()(const wire::AskPermissions&) const { return gather_permissions(root, context, out); }
    bool operator()(const wire::AskListings&) const {
        gather_listings(root, context, out);
        return !out.refused;
    }
    bool operator()(const wire::AskClock&) const { return gather_clock(root, context, out); }
    bool operator()(const wire::AskStreamKey& ask) const {
        return gather_stream_key(root, ask, context, out);
    }
    // Read as rows, or never asked.
    bool operator()(const wire::AskBars&) const { return unasked(); }
    bool operator()(const wire::AskTrades&) const { return unasked(); }
    bool operator()(const wire::AskQuotes&) const { return unasked(); }
    bool operator()(const wire::AskBook&) const { return unasked(); }
    bool operator()(const wire::AskCancelAllAfter&) const { return unasked(); }

 private:
    bool gather_order_or_algo() const {
        const bool algo = root["algoId"].error() == simdjson::SUCCESS;
        return algo ? gather_algo_order(root, context, out) : gather_order(root, context, out);
    }
    bool unasked() const { return out.refuse("an answer to a question that is not asked"); }
};

/// The root of a whole JSON text; else nothing, and `reply` says what the status alone means.
std::optional<Element> parse(simdjson::dom::parser& parser, const io::HttpResponse& response,
                             Timestamp received_at, Reply& reply) {
    Element root;
    reply = reply_without_words(response, received_at);
    if (response.body.empty() || kBodyMax < response.body.size()) return std::nullopt;
    if (parser.parse(response.body).get(root) != simdjson::SUCCESS) return std::nullopt;
    return root;
}

}  // namespace

bool is_success(const io::HttpResponse& response, const AnswerContext& context, Reply& reply) {
    simdjson::dom::parser parser;
    const std::optional<Element> root = parse(parser, response, context.received_at, reply);
    if (!root) return false;
    if (const std::optional<Complaint> complaint = complaint_in(*root)) {
        reply = reply_of(context.market, *complaint, response, context.received_at);
        return false;
    }
    return is_ok(response.status);
}

Reply read_answer(const wire::Question& question, const io::HttpResponse& response,
                  const AnswerContext& context, wire::WireSink& sink) {
    simdjson::dom::parser parser;
    Reply reply;
    const std::optional<Element> root = parse(parser, response, context.received_at, reply);
    if (!root) return reply;
    Gathered gathered;
    const auto* replace = std::get_if<wire::AskReplace>(&question);
    std::optional<Reply> halves;
    if (replace != nullptr && context.market == Market::spot && response.status < 500)
        halves = read_halves(*root, *replace, context, response, gathered);
    if (halves) {
        reply = *halves;
    } else if (const std::optional<Complaint> complaint = complaint_in(*root)) {
        return reply_of(context.market, *complaint, response, context.received_at);
    } else if (!is_ok(response.status)) {
        return reply;
    } else {
        reply = {};
        if (std::visit(Gatherer{*root, context, gathered, reply}, question)) reply.verdict = Verdict::ok;
    }
    if (gathered.refused) {
        reply = {};
        reply.words = std::string{"Binance's answer is not what its documents promise: "} +
                      gathered.refused->reason + " (" + std::string{gathered.refused->field.view()} + ")";
        sink.take(*gathered.refused);
        return reply;
    }
    for (const wire::WireEvent& event : gathered.events) sink.take(event);
    return reply;
}

}  // namespace plumb::venues::binance
