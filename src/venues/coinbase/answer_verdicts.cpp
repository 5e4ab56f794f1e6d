#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "io/retry_after.hpp"
#include "venues/coinbase/answer_impl.hpp"
#include "venues/coinbase/encode.hpp"
#include "venues/coinbase/reasons.hpp"

namespace plumb::venues::coinbase {
namespace {

std::string one_line(std::string_view text) {
    std::string out{text.substr(0, 200)};
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') c = ' ';
    return out;
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

std::string words_for(const Complaint& complaint) {
    for (const std::string& code : complaint.codes)
        if (const std::string_view sentence = sentence_of(code); !sentence.empty())
            return fmt::format("{} ({})", sentence, one_line(code));
    if (!complaint.message.empty()) return one_line(complaint.message);
    return complaint.codes.empty() ? std::string{} : one_line(complaint.codes.front());
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
    if (!named || status < 400) return {};  // a redirect is nobody's refusal, whatever stands in it
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
