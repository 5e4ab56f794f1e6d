#include "venues/coinbase/answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "io/retry_after.hpp"
#include "venues/coinbase/encode.hpp"
#include "venues/coinbase/reasons.hpp"
#include "venues/coinbase/rest_rows.hpp"
#include "wire/json_frame.hpp"

namespace plumb::venues::coinbase {
namespace {

using wire::Decimals;
using wire::JsonFrame;
using wire::MemberReader;
using wire::Members;
using wire::Reply;
using wire::Verdict;

/// The venue's own words for what went wrong, from whichever of its spellings.
struct Complaint {
    std::vector<std::string> codes;
    std::string message;

    bool says(std::string_view part) const {
        const auto has = [part](std::string_view text) {
            const auto lower = [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c + 32) : c; };
            return std::search(text.begin(), text.end(), part.begin(), part.end(),
                               [&](char a, char b) { return lower(a) == b; }) != text.end();
        };
        return has(message) || std::any_of(codes.begin(), codes.end(), has);
    }
};

std::string one_line(std::string_view text) {
    std::string out{text.substr(0, 200)};
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') c = ' ';
    return out;
}

std::string words_for(const Complaint& complaint) {
    for (const std::string& code : complaint.codes)
        if (const std::string_view sentence = sentence_of(code); !sentence.empty())
            return fmt::format("{} ({})", sentence, one_line(code));
    if (!complaint.message.empty()) return one_line(complaint.message);
    return complaint.codes.empty() ? std::string{} : one_line(complaint.codes.front());
}

/// The first code that some list knows decides.
Verdict judge(const Complaint& complaint, Verdict (*verdict_of)(std::string_view)) {
    for (const std::string& code : complaint.codes)
        if (const Verdict verdict = verdict_of(code); verdict != Verdict::unknown) return verdict;
    return Verdict::unknown;
}

Timestamp second_of(Timestamp time) { return std::chrono::floor<std::chrono::seconds>(time); }

std::string seconds_text(Timestamp time) {
    return std::to_string(std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

}  // namespace

struct AnswerReader::Impl {
    Impl(wire::SymbolMap& map, GridTable& table) : symbols{map}, grids{table} {}

    Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at);
    bool parse(std::string_view body, Timestamp received_at);
    bool read_root();
    bool nested(std::size_t key, JsonFrame::Value value);
    template <class Read>
    bool each_object(JsonFrame::Value value, Read&& read);
    bool flat(JsonFrame::Object object, const auto& keys) {
        return frame.read(object, keys, row, [](std::size_t, JsonFrame::Value) { return true; });
    }
    void add_complaint(const Members& members);
    bool read_order_object(JsonFrame::Object object);
    bool read_account(JsonFrame::Object object);
    bool read_pricebook(JsonFrame::Value value);
    bool read_levels(JsonFrame::Value value, std::vector<BookLevel>& out);
    bool read_result(JsonFrame::Object object);

    Reply fail(const io::HttpResponse& response, Timestamp received_at);
    Reply fail_by_status(int status);
    Reply refuse_answer(std::string words) { return {Verdict::unknown, 200, std::move(words), {}, {}}; }
    Reply good() { return {Verdict::ok, 200, {}, {}, {}}; }

    Reply finish(const wire::AskPlace& ask);
    Reply finish(const wire::AskCancel& ask);
    Reply finish(const wire::AskReplace& ask);
    Reply finish(const wire::AskOrder& ask);
    Reply finish(const wire::AskOpenOrders& ask);
    Reply finish(const wire::AskFills& ask);
    Reply finish(const wire::AskBalances& ask);
    Reply finish(const wire::AskListings& ask);
    Reply finish(const wire::AskBars& ask);
    Reply finish(const wire::AskTrades& ask);
    Reply finish(const wire::AskQuotes& ask);
    Reply finish(const wire::AskBook& ask);
    Reply finish(const wire::AskClock& ask);
    Reply finish(const wire::AskAccount&) { return finish_permissions(); }
    Reply finish(const wire::AskPermissions&) { return finish_permissions(); }
    Reply finish(const wire::AskPositions&) { return refuse_answer("Coinbase was not asked that"); }
    Reply finish(const wire::AskStreamKey&) { return refuse_answer("Coinbase was not asked that"); }
    Reply finish(const wire::AskCancelAllAfter&) { return refuse_answer("Coinbase was not asked that"); }
    Reply finish_permissions();
    /// Errors inside an answer of status 200.
    Reply complain(Verdict verdict) { return {verdict, 200, words_for(complaint), {}, {}}; }

    wire::SymbolMap& symbols;
    GridTable& grids;
    JsonFrame frame{kBytesMax};
    Members root, row, inner;
    Context context;
    const wire::Question* question = nullptr;
    std::vector<wire::WireEvent> events;
    std::vector<wire::Refused> bad_rows;
    std::vector<BookLevel> bids, asks;
    std::vector<OpenBar> bars;
    std::vector<Trade> trades;
    Complaint complaint;
    bool has_list = false;
    std::size_t rows = 0;
    FixedText<40> order_id;  // of a placed, changed or canceled order
    FixedText<64> client_id;
    std::optional<bool> canceled;
    InstrumentId asked{};  // whose bars
    Duration length{};
};

AnswerReader::AnswerReader(wire::SymbolMap& symbols, GridTable& grids)
    : impl_{std::make_unique<Impl>(symbols, grids)} {}
AnswerReader::~AnswerReader() = default;

Reply AnswerReader::read(const wire::Question& question, const io::HttpResponse& response,
                         Timestamp received_at, wire::WireSink& sink) {
    Impl& impl = *impl_;
    Reply reply = impl.read(question, response, received_at);
    if (reply.verdict == Verdict::ok)
        for (const wire::WireEvent& event : impl.events) sink.take(event);
    if (reply.verdict == Verdict::ok || reply.verdict == Verdict::unknown)
        for (const wire::Refused& refused : impl.bad_rows) sink.take(refused);
    return reply;
}

Reply AnswerReader::Impl::read(const wire::Question& asked_question, const io::HttpResponse& response,
                               Timestamp received_at) {
    question = &asked_question;
    if (const auto* ask = std::get_if<wire::AskBars>(question)) asked = ask->instrument, length = ask->length;
    const bool sound = parse(response.body, received_at);
    if (response.status != 200) {
        if (!sound) complaint = {{}, {}};
        if (!sound && response.body.size() < 100 && !response.body.starts_with('<'))
            complaint.message = response.body;
        return fail(response, received_at);
    }
    if (!sound) {
        const auto refused = frame.refused().value_or(wire::Refused{"the answer could not be read", {}, 0});
        events.clear();
        bad_rows.assign(1, refused);
        return refuse_answer(fmt::format("Coinbase's answer could not be read: {}", refused.reason));
    }
    return std::visit([this](const auto& ask) { return finish(ask); }, *question);
}

bool AnswerReader::Impl::parse(std::string_view body, Timestamp received_at) {
    events.clear();
    bad_rows.clear();
    bids.clear();
    asks.clear();
    bars.clear();
    trades.clear();
    complaint = {};
    has_list = false;
    rows = 0;
    order_id = {};
    client_id = {};
    canceled.reset();
    root.clear();
    if (!frame.start(body)) return false;
    context = {frame.begin(), received_at, received_at, 0};
    return read_root();
}

bool AnswerReader::Impl::read_root() {
    JsonFrame::Object object;
    if (const auto error = frame.document().get_object().get(object); error != simdjson::SUCCESS)
        return frame.refuse(error);
    if (!frame.read(object, reply::kKeys, root,
                    [this](std::size_t key, JsonFrame::Value value) { return nested(key, value); }) ||
        !frame.at_end())
        return false;
    add_complaint(root);
    return true;
}

template <class Read>
bool AnswerReader::Impl::each_object(JsonFrame::Value value, Read&& read) {
    JsonFrame::Array array;
    if (const auto error = value.get_array().get(array); error != simdjson::SUCCESS)
        return frame.refuse(error);
    has_list = true;
    for (auto element : array) {
        JsonFrame::Object object;
        if (const auto error = element.get_object().get(object); error != simdjson::SUCCESS)
            return frame.refuse(error);
        ++rows;
        if (!read(object)) return false;
    }
    return true;
}

void AnswerReader::Impl::add_complaint(const Members& members) {
    for (const std::size_t key : {reply::error, reply::new_order_failure_reason, reply::edit_failure_reason,
                                  reply::preview_failure_reason, reply::failure_reason, reply::id}) {
        if (is_blank(members, key)) continue;
        const auto code = words_of<96>(members.token(key));
        if (!code.empty()) complaint.codes.emplace_back(code.view());
    }
    for (const std::size_t key : {reply::message, reply::error_details, reply::error_description}) {
        if (!complaint.message.empty() || is_blank(members, key)) continue;
        complaint.message = words_of<200>(members.token(key)).view();
    }
}

bool AnswerReader::Impl::nested(std::size_t key, JsonFrame::Value value) {
    const auto words = [&](JsonFrame::Object object) {
        if (!frame.read(object, reply::kKeys, inner, [](std::size_t, JsonFrame::Value) { return true; }))
            return false;
        if (key == reply::success_response) {
            if (inner.says(reply::order_id)) order_id = words_of<40>(inner.token(reply::order_id));
            if (inner.says(reply::client_order_id))
                client_id = words_of<64>(inner.token(reply::client_order_id));
        } else {
            add_complaint(inner);
        }
        return true;
    };
    const auto object_of = [&](auto&& read) {
        JsonFrame::Object object;
        if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS)
            return frame.refuse(error);
        return read(object);
    };
    const auto add = [this](const auto& found) {
        if (found.event) events.emplace_back(*found.event);
        if (found.refused) bad_rows.push_back(*found.refused);
    };
    switch (key) {
        case reply::success_response:
        case reply::error_response: return object_of(words);
        case reply::errors: {
            // A list of objects, or in other answers something that is nothing to us.
            simdjson::ondemand::json_type type;
            if (const auto error = value.type().get(type); error != simdjson::SUCCESS)
                return frame.refuse(error);
            if (type != simdjson::ondemand::json_type::array) return true;
            return each_object(value, words);
        }
        case reply::results: return each_object(value, [this](auto object) { return read_result(object); });
        case reply::order: return object_of([this](auto object) { return read_order_object(object); });
        case reply::orders:
            return each_object(value, [this](auto object) { return read_order_object(object); });
        case reply::fills:
            return each_object(value, [&](auto object) {
                if (!flat(object, fill::kKeys)) return false;
                add(read_fill(row, context, symbols));
                return true;
            });
        case reply::accounts: return each_object(value, [this](auto object) { return read_account(object); });
        case reply::products:
            return each_object(value, [&](auto object) {
                if (!flat(object, product::kKeys)) return false;
                const Row<Grid> grid = read_listing(row, context);
                if (grid.refused) bad_rows.push_back(*grid.refused);
                if (!grid.event) return true;
                events.emplace_back(grid.event->listing);
                if (const auto instrument = symbols.find(grid.event->listing.symbol.view()))
                    grids.set(*instrument, *grid.event);
                return true;
            });
        case reply::candles:
            return each_object(value, [&](auto object) {
                if (!flat(object, candle::kKeys)) return false;
                const Row<OpenBar> bar = read_candle(row, context, asked, length);
                if (bar.event) bars.push_back(*bar.event);
                if (bar.refused) bad_rows.push_back(*bar.refused);
                return true;
            });
        case reply::trades:
            return each_object(value, [&](auto object) {
                if (!flat(object, trade::kKeys)) return false;
                const Row<Trade> print = read_trade(row, context, symbols);
                if (print.event) trades.push_back(*print.event);
                if (print.refused) bad_rows.push_back(*print.refused);
                return true;
            });
        case reply::pricebook: return read_pricebook(value);
        default: return true;
    }
}

bool AnswerReader::Impl::read_result(JsonFrame::Object object) {
    if (!frame.read(object, reply::kKeys, inner, [](std::size_t, JsonFrame::Value) { return true; }))
        return false;
    MemberReader read{reply::kKeys, inner, context.frame, Decimals::quoted};
    const bool success = read.truth(reply::success);
    const auto id = read.fixed<40>(reply::order_id);
    if (!read.ok()) {
        bad_rows.push_back(read.refused());
        return true;
    }
    order_id = id;
    canceled = success;
    if (!success) add_complaint(inner);
    return true;
}

bool AnswerReader::Impl::read_order_object(JsonFrame::Object object) {
    OrderTerms terms;
    std::optional<wire::Refused> bad_terms;
    const auto configuration_of = [&](std::size_t key, JsonFrame::Value value) {
        if (key != order::order_configuration) return true;
        JsonFrame::Object kinds;
        if (const auto error = value.get_object().get(kinds); error != simdjson::SUCCESS)
            return frame.refuse(error);
        for (auto kind : kinds) {
            JsonFrame::Object inside;
            if (const auto error = kind.value().get_object().get(inside); error != simdjson::SUCCESS)
                return frame.refuse(error);
            if (!frame.read(inside, configuration::kKeys, inner,
                            [](std::size_t, JsonFrame::Value) { return true; }))
                return false;
            if (!bad_terms) bad_terms = read_terms(inner, context, terms);
        }
        return true;
    };
    if (!frame.read(object, order::kKeys, row, configuration_of)) return false;
    Row<wire::OrderUpdate> found = read_order(row, context, symbols);
    if (found.refused || bad_terms) {
        bad_rows.push_back(found.refused ? *found.refused : *bad_terms);
        return true;
    }
    wire::OrderUpdate& update = *found.event;
    if (terms.quantity) update.quantity = terms.quantity;
    if (terms.limit) update.limit = terms.limit;
    if (terms.stop) update.stop = terms.stop;
    for (const std::size_t key : {order::last_fill_time, order::created_time}) {
        if (is_blank(row, key)) continue;
        MemberReader read{order::kKeys, row, context.frame, Decimals::quoted};
        const Timestamp time = read.time(key);
        if (read.ok()) update.venue_time = time;
        break;
    }
    events.emplace_back(update);
    return true;
}

bool AnswerReader::Impl::read_account(JsonFrame::Object object) {
    std::optional<Decimal> available, held;
    const auto amount_of = [&](std::size_t key, JsonFrame::Value value) {
        JsonFrame::Object amount;
        if (const auto error = value.get_object().get(amount); error != simdjson::SUCCESS)
            return frame.refuse(error);
        if (!frame.read(amount, money::kKeys, inner, [](std::size_t, JsonFrame::Value) { return true; }))
            return false;
        MemberReader read{money::kKeys, inner, context.frame, Decimals::quoted};
        const Decimal found = read.quantity_or_zero(money::value).value;
        if (!read.ok())
            bad_rows.push_back(read.refused());
        else
            (key == account::hold ? held : available) = found;
        return true;
    };
    if (!frame.read(object, account::kKeys, row, amount_of)) return false;
    MemberReader read{account::kKeys, row, context.frame, Decimals::quoted};
    wire::Balance balance;
    balance.asset = read.fixed<16>(account::currency);
    if (!available) read.refuse("expected an amount", account::available_balance);
    if (!read.ok()) {
        bad_rows.push_back(read.refused());
        return true;
    }
    balance.available = *available;
    balance.total = *available + held.value_or(Decimal{});
    balance.received_at = context.received_at;
    events.emplace_back(balance);
    return true;
}

bool AnswerReader::Impl::read_levels(JsonFrame::Value value, std::vector<BookLevel>& out) {
    return each_object(value, [&](JsonFrame::Object object) {
        if (!frame.read(object, price_level::kKeys, inner,
                        [](std::size_t, JsonFrame::Value) { return true; }))
            return false;
        MemberReader read{price_level::kKeys, inner, context.frame, Decimals::quoted};
        const BookLevel level{read.price(price_level::price), read.quantity_or_zero(price_level::size)};
        if (read.ok())
            out.push_back(level);
        else
            bad_rows.push_back(read.refused());
        return true;
    });
}

bool AnswerReader::Impl::read_pricebook(JsonFrame::Value value) {
    JsonFrame::Object object;
    if (const auto error = value.get_object().get(object); error != simdjson::SUCCESS)
        return frame.refuse(error);
    unsigned lists = 0;
    const auto levels = [&](std::size_t key, JsonFrame::Value list) {
        if (key != pricebook::bids && key != pricebook::asks) return true;
        ++lists;
        return read_levels(list, key == pricebook::bids ? bids : asks);
    };
    if (!frame.read(object, pricebook::kKeys, row, levels)) return false;
    MemberReader read{pricebook::kKeys, row, context.frame, Decimals::quoted};
    const std::string_view symbol = read.text(pricebook::product_id);
    const Timestamp time = row.says(pricebook::time) ? read.time(pricebook::time) : context.received_at;
    if (lists != 2) read.refuse("expected bids and asks", pricebook::bids);
    if (!read.ok()) {
        bad_rows.push_back(read.refused());
        return true;
    }
    const auto instrument = symbols.find(symbol);
    if (!instrument) return true;
    BookDelta book;
    book.instrument = *instrument;
    book.snapshot = true;
    book.bids = bids;
    book.asks = asks;
    book.venue_time = time;
    book.received_at = context.received_at;
    events.emplace_back(book);
    return true;
}

Reply AnswerReader::Impl::fail(const io::HttpResponse& response, Timestamp received_at) {
    events.clear();
    bad_rows.clear();
    Reply reply = fail_by_status(response.status);
    reply.code = response.status;
    if (reply.words.empty()) reply.words = words_for(complaint);
    if (reply.words.empty()) reply.words = fmt::format("Coinbase answered with status {}", response.status);
    if (reply.verdict == Verdict::rate_limited) reply.retry_at = io::retry_at(response, received_at);
    return reply;
}

Reply AnswerReader::Impl::fail_by_status(int status) {
    const bool changes = wire::changes_something(*question);
    const bool named = !complaint.codes.empty();
    if (status == 429) return {Verdict::rate_limited, 0, "Coinbase asks for a pause", {}, {}};
    if (status >= 500) return {};
    if (status == 401) {
        if (named && (complaint.says("timestamp") || complaint.says("request expired")))
            return {Verdict::clock, 0, "Coinbase refused the time of the request: check the clock", {}, {}};
        // The body is mostly the one word. An order's answer must be Coinbase's own to count as one.
        if (named || complaint.says("unauthorized") || !changes)
            return {Verdict::unauthorized,
                    0,
                    "Coinbase does not accept the key: make a new CDP key with the permissions view and "
                    "trade, or "
                    "check that the clock is right, since a token from the future is refused alike",
                    {},
                    {}};
        return {};
    }
    if (status == 403) {
        if (judge(complaint, verdict_of_error) == Verdict::unauthorized || complaint.says("scope") ||
            complaint.says("permission"))
            return {Verdict::unauthorized,
                    0,
                    "the key of Coinbase lacks a permission for this: give it view and trade, never transfer",
                    {},
                    {}};
        return {};
    }
    if (!named) return {};
    if (std::holds_alternative<wire::AskOrder>(*question))
        return {complaint.says("not found") || complaint.says("not_found") ? Verdict::not_found
                                                                           : Verdict::unknown,
                0,
                {},
                {},
                {}};
    if (std::holds_alternative<wire::AskCancel>(*question))
        return {judge(complaint, verdict_of_cancel), 0, {}, {}, {}};
    if (changes) return {judge(complaint, verdict_of_order), 0, {}, {}, {}};
    if (const Verdict verdict = judge(complaint, verdict_of_error); verdict != Verdict::unknown)
        return {verdict, 0, {}, {}, {}};
    return {status == 400 || status == 404 ? Verdict::refused : Verdict::unknown, 0, {}, {}, {}};
}

Reply AnswerReader::Impl::finish(const wire::AskPlace& ask) {
    MemberReader read{reply::kKeys, root, context.frame, Decimals::quoted};
    const bool success = read.truth(reply::success);
    if (!read.ok()) return refuse_answer("Coinbase's answer does not say whether it took the order");
    if (!success) {
        const Verdict verdict = judge(complaint, verdict_of_order);
        return complain(verdict == Verdict::ok ? Verdict::unknown : verdict);
    }
    const std::string client = ask.order.id.to_string();
    if (order_id.empty() && root.says(reply::order_id)) order_id = words_of<40>(root.token(reply::order_id));
    if (order_id.empty()) return refuse_answer("Coinbase took an order and did not name it");
    if (!client_id.empty() && client_id.view() != client)
        return refuse_answer("Coinbase's answer is about another order");
    wire::OrderUpdate update;
    update.instrument = ask.order.instrument;
    update.symbol = symbols.symbol_of(ask.order.instrument);
    update.client_order = std::string_view{client};
    update.venue_order = order_id;
    update.side = ask.order.side;
    update.type = ask.order.type;
    update.venue_time = update.received_at = context.received_at;
    events.assign(1, update);
    return good();
}

/// A cancel is queued, not done: the order's end comes on the stream or by asking.
Reply AnswerReader::Impl::finish(const wire::AskCancel& ask) {
    if (!canceled || order_id != ask.order.venue)
        return refuse_answer("Coinbase's answer is not about this order");
    return *canceled ? good() : complain(judge(complaint, verdict_of_cancel));
}

/// The order keeps both its names, and its quantity and price change.
Reply AnswerReader::Impl::finish(const wire::AskReplace& ask) {
    MemberReader read{reply::kKeys, root, context.frame, Decimals::quoted};
    const bool success = read.truth(reply::success);
    if (!read.ok()) return refuse_answer("Coinbase's answer does not say whether it changed the order");
    if (!success) {
        const Verdict verdict = judge(complaint, verdict_of_order);
        return complain(verdict == Verdict::ok || verdict == Verdict::duplicate ? Verdict::unknown : verdict);
    }
    if (!order_id.empty() && order_id != ask.replaced.venue)
        return refuse_answer("Coinbase's answer is about another order");
    wire::OrderUpdate update;
    update.instrument = ask.order.instrument;
    update.symbol = symbols.symbol_of(ask.order.instrument);
    update.venue_order = ask.replaced.venue;
    update.side = ask.order.side;
    update.type = ask.order.type;
    update.quantity = ask.order.quantity;
    update.limit = ask.order.limit;
    if (ask.order.type == OrderType::stop_limit) update.stop = ask.order.stop;
    update.venue_time = update.received_at = context.received_at;
    events.assign(1, update);
    return good();
}

Reply AnswerReader::Impl::finish(const wire::AskOrder& ask) {
    if (!bad_rows.empty()) return refuse_answer("an order in Coinbase's answer could not be read");
    const auto is_asked = [&](const wire::WireEvent& event) {
        const auto* update = std::get_if<wire::OrderUpdate>(&event);
        if (!update) return false;
        return ask.order.venue.empty() ? update->client_order.view() == ask.order.client.to_string()
                                       : update->venue_order == ask.order.venue;
    };
    std::erase_if(events, [&](const wire::WireEvent& event) { return !is_asked(event); });
    if (!events.empty()) return good();
    if (!ask.order.venue.empty() || !has_list)
        return refuse_answer("Coinbase's answer is not about this order");
    MemberReader read{reply::kKeys, root, context.frame, Decimals::quoted};
    const bool more = root.says(reply::has_next) && read.truth(reply::has_next);
    if (more || !read.ok())
        return refuse_answer(
            fmt::format("the newest {} orders do not hold it, and there are older ones", kOrdersPerPage));
    return {Verdict::not_found, 200, "Coinbase shows no order of this client id", {}, {}};
}

namespace {

/// The cursor of the next page, "" at the end; nothing when the venue says there is one and does not name it.
std::optional<std::string> next_cursor(const Members& root, const Context& context, std::string_view asked) {
    MemberReader read{reply::kKeys, root, context.frame, Decimals::quoted};
    const bool more = root.says(reply::has_next) && read.truth(reply::has_next);
    if (!read.ok()) return std::nullopt;
    if (!more) return std::string{};
    if (is_blank(root, reply::cursor)) return std::nullopt;
    std::string cursor{read.text(reply::cursor)};
    if (!read.ok() || cursor == asked) return std::nullopt;
    return cursor;
}

}  // namespace

Reply AnswerReader::Impl::finish(const wire::AskOpenOrders& ask) {
    if (!has_list || !bad_rows.empty()) return refuse_answer("Coinbase's list of orders could not be read");
    const OpenOrdersPage page = open_orders_page(ask.page);
    const auto cursor = next_cursor(root, context, page.cursor);
    if (!cursor) return refuse_answer("Coinbase's list of orders goes on, but not where");
    std::erase_if(events, [](const wire::WireEvent& event) {
        const auto* update = std::get_if<wire::OrderUpdate>(&event);
        return !update || is_final(update->state);
    });
    Reply out = good();
    if (!cursor->empty())
        out.next_page = fmt::format("{}{}", page.queued ? 'q' : 'o', *cursor);
    else if (!page.queued)
        out.next_page = "q";
    return out;
}

Reply AnswerReader::Impl::finish(const wire::AskFills& ask) {
    if (!has_list || !bad_rows.empty()) return refuse_answer("Coinbase's list of fills could not be read");
    std::reverse(events.begin(), events.end());  // newest first at the venue
    Reply out = good();
    if (rows == 0 || is_blank(root, reply::cursor)) return out;
    MemberReader read{reply::kKeys, root, context.frame, Decimals::quoted};
    out.next_page = std::string{read.text(reply::cursor)};
    if (!read.ok() || out.next_page == ask.page)
        return refuse_answer("Coinbase's list of fills goes on, but not where");
    return out;
}

Reply AnswerReader::Impl::finish(const wire::AskBalances& ask) {
    if (!has_list || !bad_rows.empty()) return refuse_answer("Coinbase's list of balances could not be read");
    const auto cursor = next_cursor(root, context, ask.page);
    if (!cursor) return refuse_answer("Coinbase's list of balances goes on, but not where");
    Reply out = good();
    out.next_page = *cursor;
    return out;
}

Reply AnswerReader::Impl::finish(const wire::AskListings&) {
    return has_list ? good() : refuse_answer("Coinbase's list of products could not be read");
}

Reply AnswerReader::Impl::finish(const wire::AskBars& ask) {
    const Result<BarWindow> window = bar_window(ask);
    if (!has_list || !window) return refuse_answer("Coinbase's candles could not be read");
    std::sort(bars.begin(), bars.end(),
              [](const OpenBar& a, const OpenBar& b) { return a.open_time < b.open_time; });
    Timestamp before = Timestamp::min();
    for (const OpenBar& bar : bars) {
        if (bar.open_time < window->from || window->to <= bar.open_time || bar.open_time == before) continue;
        before = bar.open_time;
        if (const Result<ClosedBar> closed = bar.closed(context.received_at))
            events.emplace_back(*closed);
        else
            events.emplace_back(bar);
    }
    Reply out = good();
    if (!window->is_last) out.next_page = seconds_text(window->to);
    return out;
}

Reply AnswerReader::Impl::finish(const wire::AskTrades& ask) {
    if (!has_list) return refuse_answer("Coinbase's trades could not be read");
    std::sort(trades.begin(), trades.end(), [](const Trade& a, const Trade& b) {
        return std::tie(a.venue_time, a.trade_id) < std::tie(b.venue_time, b.trade_id);
    });
    Reply out = good();
    if (kTradesPerPage <= rows && !trades.empty() && ask.from < trades.front().venue_time) {
        const std::string next = seconds_text(second_of(trades.front().venue_time) + std::chrono::seconds{1});
        if (next == ask.page)
            return refuse_answer("one second of Coinbase's trades is more than a page holds");
        out.next_page = next;
    }
    for (const Trade& print : trades)
        if (ask.from <= print.venue_time && print.venue_time < ask.to) events.emplace_back(print);
    return out;
}

Reply AnswerReader::Impl::finish(const wire::AskQuotes&) {
    if (events.size() != 1 || !bad_rows.empty()) return refuse_answer("Coinbase's book could not be read");
    const BookDelta book = std::get<BookDelta>(events.front());
    Quote quote;
    quote.instrument = book.instrument;
    if (!bids.empty()) quote.bid = bids.front().price, quote.bid_quantity = bids.front().quantity;
    if (!asks.empty()) quote.ask = asks.front().price, quote.ask_quantity = asks.front().quantity;
    quote.venue_time = book.venue_time;
    quote.received_at = book.received_at;
    if (!bids.empty() && !asks.empty() && quote.ask <= quote.bid)
        return refuse_answer("expected the bid below the ask");
    events.assign(1, quote);
    return good();
}

Reply AnswerReader::Impl::finish(const wire::AskBook&) {
    if (events.size() != 1 || !bad_rows.empty()) return refuse_answer("Coinbase's book could not be read");
    return good();
}

Reply AnswerReader::Impl::finish(const wire::AskClock&) {
    const auto ms = root.has(reply::epochMillis) ? digits_of(root.token(reply::epochMillis)) : std::nullopt;
    const auto time = ms && *ms != 0 ? wire::time_of_number(*ms) : std::nullopt;
    if (!time) return refuse_answer("Coinbase's time could not be read");
    events.assign(1, wire::ServerClock{*time, context.received_at});
    return good();
}

Reply AnswerReader::Impl::finish_permissions() {
    MemberReader read{reply::kKeys, root, context.frame, Decimals::quoted};
    wire::AccountFacts facts;
    facts.may_trade = read.truth(reply::can_trade);
    facts.may_withdraw = read.truth(reply::can_transfer);
    facts.may_short = false;
    if (!is_blank(root, reply::portfolio_uuid)) facts.account = read.fixed<40>(reply::portfolio_uuid);
    facts.received_at = context.received_at;
    if (!read.ok()) {
        bad_rows.push_back(read.refused());
        return refuse_answer("Coinbase's answer about the key could not be read");
    }
    events.assign(1, facts);
    return good();
}

}  // namespace plumb::venues::coinbase
