#include "venues/coinbase/answers.hpp"

#include <fmt/format.h>

#include "venues/coinbase/answer_impl.hpp"

namespace plumb::venues::coinbase {

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

template <class... Asks>
bool asks_any(const wire::Question& question) {
    return (std::holds_alternative<Asks>(question) || ...);
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

/// Whether a member belongs into the answer to this question; in any other it is unknown, and passed over: a
/// list of something else is no proof of absence.
bool AnswerReader::Impl::is_asked_for(std::size_t key) const {
    switch (key) {
        case reply::results: return asks_any<wire::AskCancel>(*question);
        case reply::order: return asks_any<wire::AskOrder>(*question);
        case reply::orders: return asks_any<wire::AskOrder, wire::AskOpenOrders>(*question);
        case reply::fills: return asks_any<wire::AskFills>(*question);
        case reply::accounts: return asks_any<wire::AskBalances, wire::AskAccount>(*question);
        case reply::products: return asks_any<wire::AskListings>(*question);
        case reply::candles: return asks_any<wire::AskBars>(*question);
        case reply::trades: return asks_any<wire::AskTrades>(*question);
        case reply::pricebook: return asks_any<wire::AskQuotes, wire::AskBook>(*question);
        default: return true;
    }
}

bool AnswerReader::Impl::nested(std::size_t key, JsonFrame::Value value) {
    if (!is_asked_for(key)) return true;
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
            const bool read = each_object(value, words);
            has_list = false;  // of complaints, which is no answer
            return read;
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

}  // namespace plumb::venues::coinbase
