#include "venues/alpaca/answers.hpp"

#include "venues/alpaca/account_rows.hpp"
#include "venues/alpaca/encode.hpp"
#include "venues/alpaca/market_frame.hpp"
#include "venues/alpaca/orders.hpp"
#include "venues/alpaca/refusals.hpp"

namespace plumb::venues::alpaca {
namespace {

using wire::Ignored;
using wire::Refused;
using wire::Reply;
using wire::Verdict;
using wire::WireEvent;
using Value = wire::JsonFrame::Value;
using Object = wire::JsonFrame::Object;

/// Hands events on and remembers the first row that was refused.
class Watch final : public wire::WireSink {
 public:
    explicit Watch(wire::WireSink& sink) : sink_{sink} {}
    void take(const WireEvent& event) override {
        if (const auto* each = std::get_if<Refused>(&event); each && !refused) refused = *each;
        sink_.take(event);
    }

    std::optional<Refused> refused;

 private:
    wire::WireSink& sink_;
};

std::string words_of(const Refused& refused) {
    std::string words = "the answer is not as documented: ";
    words += refused.reason;
    if (!refused.field.empty()) (words += " at ") += refused.field.view();
    return words;
}

}  // namespace

struct Answers::Impl {
    Impl(Directory& found, bool paper) : directory{found}, is_paper{paper} {}

    /// One answer in hand.
    struct Case {
        Impl& self;
        Timestamp received_at;
        wire::WireSink& sink;
        Reply& reply;

        // Each returns false when the body is not what was promised.
        bool operator()(const wire::AskPlace& ask) const { return order(ask.order.id.to_string(), {}); }
        bool operator()(const wire::AskReplace& ask) const { return order(ask.order.id.to_string(), {}); }
        bool operator()(const wire::AskCancel&) const { return false; }
        bool operator()(const wire::AskOrder& ask) const {
            if (!ask.order.venue.empty()) return order({}, ask.order.venue.view());
            // Nobody's id: an answer whose question is not known, as in `plumb decode`.
            if (ask.order.client == ClientOrderId{}) return order({}, {});
            return order(ask.order.client.to_string(), {});
        }
        bool operator()(const wire::AskOpenOrders& ask) const { return open_orders(ask); }
        bool operator()(const wire::AskFills& ask) const { return fills(ask); }
        bool operator()(const wire::AskPositions&) const {
            return each_row([&](Object object) {
                sink.take(read_position(self.frame, object, self.directory, received_at));
            });
        }
        bool operator()(const wire::AskBalances&) const {
            return one([&](Object object) { return read_cash(self.frame, object, received_at); });
        }
        bool operator()(const wire::AskAccount&) const { return account(); }
        bool operator()(const wire::AskPermissions&) const { return account(); }
        bool operator()(const wire::AskListings& ask) const {
            if (ask.page.empty()) reply.next_page = kStocksPage;
            return each_row(
                [&](Object object) { sink.take(read_listing(self.frame, object, self.directory)); });
        }
        bool operator()(const wire::AskBars& ask) const { return bars(ask); }
        bool operator()(const wire::AskTrades& ask) const { return trades(ask); }
        bool operator()(const wire::AskQuotes&) const {
            return by_symbol("quotes", {}, [&](const Origin& origin, Value value) {
                return rows(value, [&](const Parts& parts) { return read_quote(parts, origin); });
            });
        }
        bool operator()(const wire::AskBook&) const {
            return by_symbol("orderbooks", {}, [&](const Origin& origin, Value value) {
                return rows(value, [&](const Parts& parts) { return read_book(parts, origin, true); });
            });
        }
        bool operator()(const wire::AskClock&) const {
            return one([&](Object object) { return read_clock(self.frame, object, received_at); });
        }
        bool operator()(const wire::AskStreamKey&) const { return false; }
        bool operator()(const wire::AskCancelAllAfter&) const { return false; }

        bool account() const {
            return one(
                [&](Object object) { return read_account(self.frame, object, self.is_paper, received_at); });
        }
        bool order(const std::string& client, std::string_view venue) const;
        bool open_orders(const wire::AskOpenOrders& ask) const;
        bool fills(const wire::AskFills& ask) const;
        bool bars(const wire::AskBars& ask) const;
        bool trades(const wire::AskTrades& ask) const;

        template <class Read>
        bool one(Read read) const;
        template <class Row>
        bool each_row(Row row) const;
        template <class Take>
        bool by_symbol(std::string_view key, std::optional<InstrumentId> asked, Take take) const;
        template <class Read>
        bool rows(Value value, Read read) const;
        template <class Read>
        void row(Value value, Read read) const;
        /// The instrument if it is one of the table; a caller that does not know it gives another.
        std::optional<InstrumentId> known(InstrumentId instrument) const {
            if (self.directory.instruments().size() <= instrument.value) return std::nullopt;
            return instrument;
        }
        Duration length_of_rows() const;
        std::optional<Origin> origin(std::string_view symbol) const;
    };

    Reply read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
               wire::WireSink& sink);

    Directory& directory;
    bool is_paper;
    wire::JsonFrame frame{kBodyBytesMax};
    simdjson::dom::parser whole;    // proves that the body is JSON to its end
    simdjson::dom::element parsed;  // by it
    MarketObject object;
};

Answers::Answers(Directory& directory, bool is_paper) : impl_{std::make_unique<Impl>(directory, is_paper)} {}
Answers::~Answers() = default;

Reply Answers::read(const wire::Question& question, const io::HttpResponse& response, Timestamp received_at,
                    wire::WireSink& sink) {
    return impl_->read(question, response, received_at, sink);
}

Reply Answers::Impl::read(const wire::Question& question, const io::HttpResponse& response,
                          Timestamp received_at, wire::WireSink& sink) {
    const bool is_cancel = std::holds_alternative<wire::AskCancel>(question);
    if (response.status != 200 && !(is_cancel && response.status == 204))
        return read_failure(question, response, received_at);
    Reply reply{
        .verdict = Verdict::ok, .code = response.status, .words = {}, .retry_at = {}, .next_page = {}};
    // A cancel is answered with nothing, and means no more than that the wish was taken.
    if (is_cancel && response.status == 204) return reply;
    Watch watch{sink};
    const bool whole_json =
        response.body.size() <= kBodyBytesMax && whole.parse(response.body).get(parsed) == simdjson::SUCCESS;
    const bool good = whole_json && frame.start(response.body) &&
                      std::visit(Case{*this, received_at, watch, reply}, question);
    const bool tolerant = std::holds_alternative<wire::AskBars>(question) ||
                          std::holds_alternative<wire::AskTrades>(question) ||
                          std::holds_alternative<wire::AskQuotes>(question) ||
                          std::holds_alternative<wire::AskListings>(question);
    if (good && (tolerant || !watch.refused)) return reply;
    reply.verdict = Verdict::unknown;
    reply.next_page.clear();
    if (watch.refused)
        reply.words = words_of(*watch.refused);
    else
        reply.words = whole_json ? "the answer is not as documented" : "the answer is not whole JSON";
    return reply;
}

template <class Read>
bool Answers::Impl::Case::one(Read read) const {
    Object object;
    if (self.frame.document().get_object().get(object) != simdjson::SUCCESS) return false;
    sink.take(read(object));
    return true;
}

template <class Row>
bool Answers::Impl::Case::each_row(Row row) const {
    wire::JsonFrame::Array list;
    if (self.frame.document().get_array().get(list) != simdjson::SUCCESS) return false;
    for (auto element : list) {
        self.frame.forget();
        Object object;
        if (element.get_object().get(object) != simdjson::SUCCESS) return false;
        row(object);
    }
    return true;
}

bool Answers::Impl::Case::order(const std::string& client, std::string_view venue) const {
    bool is_ours = false;
    const bool good = one([&](Object object) -> WireEvent {
        wire::Members members;
        wire::OrderUpdate out;
        Refused refused;
        const auto nothing = [](std::size_t, Value) { return true; };
        if (!self.frame.read(object, kOrderKeys, members, nothing)) return *self.frame.refused();
        if (!read_order(members, self.frame.begin(), self.directory, received_at, out, refused))
            return refused;
        is_ours = (client.empty() || client == out.client_order.view()) &&
                  (venue.empty() || venue == out.venue_order.view());
        if (!is_ours)
            return Refused{"the answer is about another order", std::string_view{"client_order_id"}, 0};
        return out;
    });
    return good && is_ours;
}

bool Answers::Impl::Case::open_orders(const wire::AskOpenOrders& ask) const {
    std::size_t rows = 0;
    std::string last;
    const bool good = each_row([&](Object object) {
        ++rows;
        wire::Members members;
        wire::OrderUpdate out;
        Refused refused;
        const auto nothing = [](std::size_t, Value) { return true; };
        if (!self.frame.read(object, kOrderKeys, members, nothing)) return sink.take(*self.frame.refused());
        if (!read_order(members, self.frame.begin(), self.directory, received_at, out, refused))
            return sink.take(refused);
        last = out.venue_order.view();
        if (out.symbol.empty()) return sink.take(Ignored{"an order of several legs"});
        if (ask.instrument && out.instrument != ask.instrument) return;
        sink.take(out);
    });
    if (rows >= kOrdersPerPage) reply.next_page = last;
    return good;
}

bool Answers::Impl::Case::fills(const wire::AskFills& ask) const {
    std::size_t rows = 0;
    std::string last;
    const bool good = each_row([&](Object object) {
        ++rows;
        const WireEvent event = read_fill(self.frame, object, self.directory, received_at, last);
        const auto* update = std::get_if<wire::OrderUpdate>(&event);
        if (update != nullptr && ask.instrument && update->instrument != ask.instrument) return;
        sink.take(event);
    });
    if (rows >= kFillsPerPage) reply.next_page = last;
    return good;
}

std::optional<Origin> Answers::Impl::Case::origin(std::string_view symbol) const {
    const std::optional<InstrumentId> instrument = self.directory.find(symbol);
    if (!instrument) return std::nullopt;
    return Origin{*instrument, self.directory.market_of(*instrument) == Market::crypto, received_at};
}

/// {"bars":{"BTC/USD":...},"next_page_token":...}, or {"bars":[...],"symbol":"AAPL"}: calls
/// take(origin, value) for each symbol under `key`, or for the one that was asked for.
template <class Take>
bool Answers::Impl::Case::by_symbol(std::string_view key, std::optional<InstrumentId> asked,
                                    Take take) const {
    Object root;
    bool found = false;
    if (self.frame.document().get_object().get(root) != simdjson::SUCCESS) return false;
    const auto give = [&](std::string_view symbol, Value value) {
        const std::optional<Origin> whose = origin(symbol);
        if (!whose || (asked && whose->instrument != *asked)) {
            sink.take(Ignored{"a symbol that was not asked for"});
            return true;
        }
        return take(*whose, value);
    };
    for (auto member : root) {
        simdjson::ondemand::field field;
        if (std::move(member).get(field) != simdjson::SUCCESS) return false;
        const std::string_view token = field.value().raw_json_token();
        if (field.key() == "next_page_token") {
            if (const auto page = wire::text_of(token))
                reply.next_page = *page;
            else if (!token.starts_with("null"))
                return false;
        }
        if (field.key() != key) continue;
        found = true;
        if (token.starts_with("null")) continue;  // an empty page
        if (token.front() == '[') {
            std::string_view symbol;
            if (self.parsed["symbol"].get_string().get(symbol) != simdjson::SUCCESS) return false;
            if (!give(symbol, field.value())) return false;
            continue;
        }
        Object symbols;
        if (field.value().get_object().get(symbols) != simdjson::SUCCESS) return false;
        for (auto entry : symbols) {
            simdjson::ondemand::field symbol;
            std::string_view name;
            if (std::move(entry).get(symbol) != simdjson::SUCCESS) return false;
            if (symbol.unescaped_key().get(name) != simdjson::SUCCESS) return false;
            if (!give(name, symbol.value())) return false;
        }
    }
    return found;
}

/// A list of objects, one object (the latest of its kind), or null. False when it is none of these.
template <class Read>
bool Answers::Impl::Case::rows(Value value, Read read) const {
    const std::string_view token = value.raw_json_token();
    if (token.starts_with("null")) return true;
    if (token.front() == '{') {
        row(value, read);
        return true;
    }
    wire::JsonFrame::Array list;
    if (value.get_array().get(list) != simdjson::SUCCESS) return false;
    for (auto element : list) {
        Value item;
        if (element.get(item) != simdjson::SUCCESS) return false;
        row(item, read);
    }
    return true;
}

/// One object of market data as an event.
template <class Read>
void Answers::Impl::Case::row(Value value, Read read) const {
    self.frame.forget();
    Object object;
    if (value.get_object().get(object) != simdjson::SUCCESS)
        return sink.take(Refused{"expected an object", {}, 0});
    if (!self.object.read(self.frame, object)) return sink.take(*self.frame.refused());
    sink.take(read(self.object.parts(self.frame.begin())));
}

/// Of an answer whose question is not known, as in `plumb decode`: rows say when they open, not how long they
/// are. The smallest distance of two rows; a minute where they are the latest bars, one for each symbol; zero
/// where nothing tells it.
Duration Answers::Impl::Case::length_of_rows() const {
    Duration least{};
    simdjson::dom::element bars;
    if (self.parsed["bars"].get(bars) != simdjson::SUCCESS) return least;
    const auto measure = [&](simdjson::dom::element value) {
        if (value.is_object() && least == Duration{}) least = std::chrono::minutes{1};
        simdjson::dom::array list;
        if (value.get_array().get(list) != simdjson::SUCCESS) return;
        std::optional<Timestamp> before;
        for (const simdjson::dom::element row : list) {
            std::string_view text;
            if (row["t"].get_string().get(text) != simdjson::SUCCESS) continue;
            const std::optional<Timestamp> at = wire::time_of_text(text);
            if (!at) continue;
            const Duration gap = before ? std::chrono::abs(*at - *before) : Duration{};
            if (gap > Duration{} && (least == Duration{} || gap < least)) least = gap;
            before = at;
        }
    };
    if (bars.is_array()) measure(bars);
    simdjson::dom::object symbols;
    if (bars.get_object().get(symbols) == simdjson::SUCCESS)
        for (const auto& entry : symbols) measure(entry.value);
    return least;
}

bool Answers::Impl::Case::bars(const wire::AskBars& ask) const {
    std::optional<Timestamp> before;
    std::optional<InstrumentId> of;
    const Duration length = ask.length == Duration{} ? length_of_rows() : ask.length;
    const bool bounded = ask.to != Timestamp{};
    const auto read = [&](const Parts& parts, const Origin& whose) -> WireEvent {
        const auto text =
            parts.members.says(key::t) ? wire::text_of(parts.members.token(key::t)) : std::nullopt;
        const auto opened = text ? wire::time_of_text(*text) : std::nullopt;
        if (length == Duration{})
            return refused_at("nothing says how long this bar is", key::t, parts.members, parts.frame);
        const bool is_over = opened && *opened + length <= received_at;
        const WireEvent event = read_bar(parts, whose, length, is_over);
        if (std::holds_alternative<Refused>(event)) return event;
        if (bounded && (*opened < ask.from || ask.to <= *opened))
            return Ignored{"a bar outside of the span asked for"};
        // Recordings of 2021 have a bar per exchange; the first is kept.
        if (before == opened && of == whose.instrument) return Ignored{"a second bar of the same time"};
        before = opened;
        of = whose.instrument;
        return event;
    };
    return by_symbol("bars", known(ask.instrument), [&](const Origin& whose, Value value) {
        return rows(value, [&](const Parts& parts) { return read(parts, whose); });
    });
}

bool Answers::Impl::Case::trades(const wire::AskTrades& ask) const {
    const bool bounded = ask.to != Timestamp{};
    const auto read = [&](const Parts& parts, const Origin& whose) -> WireEvent {
        const WireEvent event = read_trade(parts, whose);
        const auto* trade = std::get_if<Trade>(&event);
        if (bounded && trade != nullptr && (trade->venue_time < ask.from || ask.to <= trade->venue_time))
            return Ignored{"a trade outside of the span asked for"};
        return event;
    };
    return by_symbol("trades", known(ask.instrument), [&](const Origin& whose, Value value) {
        return rows(value, [&](const Parts& parts) { return read(parts, whose); });
    });
}

}  // namespace plumb::venues::alpaca
