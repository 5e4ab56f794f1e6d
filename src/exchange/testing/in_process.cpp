#include "exchange/testing/in_process.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace plumb::exchange::testing {
namespace {

struct UsualName {
    const char* base;
    const char* tick;
    const char* lot;
    const char* notional_min;
    bool is_stock;
};
constexpr UsualName kUsualNames[] = {
    {"BTC", "0.01", "0.00001", "5", false},     {"ETH", "0.01", "0.0001", "5", false},
    {"SOL", "0.01", "0.001", "5", false},       {"XRP", "0.0001", "0.1", "5", false},
    {"DOGE", "0.00001", "1", "5", false},       {"AAPL", "0.01", "0.000000001", "1", true},
    {"MSFT", "0.01", "0.000000001", "1", true}, {"SPY", "0.01", "0.000000001", "1", true},
    {"KO", "0.01", "0.000000001", "1", true},   {"PEP", "0.01", "0.000000001", "1", true},
};

}  // namespace

std::vector<ListedName> usual_names() {
    std::vector<ListedName> names;
    for (const UsualName& usual : kUsualNames) {
        Instrument instrument;
        instrument.base = usual.base;
        instrument.quote = "USD";
        instrument.tick = *Price::parse(usual.tick);
        instrument.lot = *Quantity::parse(usual.lot);
        instrument.quantity_min = instrument.lot;
        instrument.notional_min = *Money::parse(usual.notional_min);
        instrument.can_short = usual.is_stock;
        names.push_back({std::move(instrument), usual.is_stock});
    }
    return names;
}

InProcessVenue::InProcessVenue(const VenueEntry& entry, InProcessOptions options)
    : now{options.start}, model{entry.model}, past{options.start - std::chrono::days{30}} {
    for (MarketSpec& spec : entry.markets(options.names)) {
        PLUMB_CHECK(model.add_market(std::move(spec)).has_value());
    }
    account = model.add_account(entry.account("tester", options.cash), now);
    Result<ApiAccess> made = entry.make_access(account, options.seed);
    PLUMB_CHECK(made.has_value());
    access = std::move(*made);
    protocol = entry.make_protocol(
        {model, past, outlet, {access}, options.seed, options.address, options.is_secure});
    show_events();
}

Response InProcessVenue::request(std::string_view method, std::string_view target,
                                 std::vector<io::Header> headers, std::string body) {
    const Request request{std::string{method}, std::string{target}, std::move(headers), std::move(body)};
    Response response = protocol->answer(request, now);
    show_events();
    return response;
}

std::expected<StreamId, Response> InProcessVenue::open_stream(std::string_view target,
                                                              std::vector<io::Header> headers) {
    const Request request{"GET", std::string{target}, std::move(headers), {}};
    const StreamId stream = ++last_stream_;
    std::expected<StreamTerms, Response> terms = protocol->open(stream, request, now);
    if (!terms) return std::unexpected{std::move(terms.error())};
    show_events();
    return stream;
}

void InProcessVenue::send(StreamId stream, std::string_view text) {
    protocol->on_message(stream, text, false, now);
    show_events();
}

void InProcessVenue::send_binary(StreamId stream, std::string_view bytes) {
    protocol->on_message(stream, bytes, true, now);
    show_events();
}

void InProcessVenue::pong(StreamId stream) {
    protocol->on_pong(stream, now);
    show_events();
}

void InProcessVenue::hang_up(StreamId stream) {
    protocol->on_closed(stream, now);
    show_events();
}

std::vector<SentFrame> InProcessVenue::take_frames(StreamId stream) {
    return std::exchange(outlet.frames(stream), {});
}

void InProcessVenue::seed_book(InstrumentId instrument, Price mid, int levels, Quantity each) {
    const MarketSpec& spec = model.market(instrument);
    const Price tick = spec.instrument.tick;
    const Price step =
        std::max(tick, Price{mid.value * Decimal::power_of_ten(-4)}.quantized(tick, Rounding::nearest));
    if (each.is_zero()) {
        each = (Money{Decimal{10'000}} / mid).quantized(spec.instrument.lot, Rounding::nearest);
        each = std::max({each, spec.instrument.lot, spec.instrument.quantity_min});
    }
    const Price half{step.value * Decimal::from_units(Decimal::kOne / 2)};
    for (int i = 0; i < levels; ++i) {
        const Price away{half.value + step.value * Decimal{i}};
        for (const Side side : {Side::buy, Side::sell}) {
            OrderSpec order;
            order.instrument = instrument;
            order.side = side;
            order.type = OrderType::limit;
            order.quantity = each;
            order.limit = side == Side::buy ? (mid - away).quantized(tick, Rounding::down)
                                            : (mid + away).quantized(tick, Rounding::up);
            PLUMB_CHECK(model.submit(order, now).has_value());
        }
    }
    show_events();
}

void InProcessVenue::trade_through(InstrumentId instrument, Side side, Quantity quantity) {
    OrderSpec order;
    order.instrument = instrument;
    order.side = side;
    order.quantity = quantity;
    PLUMB_CHECK(model.submit(order, now).has_value());
    show_events();
}

void InProcessVenue::show_events() {
    const std::span<const ModelEvent> events = model.take_events();
    if (!events.empty()) {
        past.on_events(events);
        protocol->on_events(events, now);
    }
    tell_closed();
}

void InProcessVenue::tell_closed() {
    while (closes_told_ < outlet.closes.size()) {
        protocol->on_closed(outlet.closes[closes_told_++].stream, now);
    }
}

void InProcessVenue::pump(Timestamp to) {
    now = std::max(now, to);
    model.advance(now);
    show_events();
    protocol->on_time(now);
    show_events();
}

InstrumentId InProcessVenue::market(std::string_view name) const {
    const std::optional<InstrumentId> found = model.find_market(name);
    PLUMB_CHECK(found.has_value());
    return *found;
}

InstrumentId InProcessVenue::market_of(std::string_view base) const {
    for (std::uint32_t i = 0; i < model.market_count(); ++i) {
        if (model.market(InstrumentId{i}).instrument.base == base) return InstrumentId{i};
    }
    PLUMB_CHECK(false && "no market of this base");
    return {};
}

}  // namespace plumb::exchange::testing
