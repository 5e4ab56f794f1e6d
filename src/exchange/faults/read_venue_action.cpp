#include <fmt/format.h>

#include <algorithm>

#include "exchange/faults/read_action.hpp"
#include "exchange/faults/script_words.hpp"

namespace plumb::exchange {
namespace {

constexpr std::array<std::string_view, 2> kSideWords{"buy", "sell"};
constexpr std::array<std::string_view, 2> kCloseWords{"close", "reset"};

OrderChoice read_choice(ScriptMap& map) {
    OrderChoice choice;
    choice.account = map.text("account").value_or("");
    choice.instrument = map.text("instrument").value_or("");
    choice.client_id = map.text("client_id").value_or("");
    choice.number = map.count("order", 1, std::uint64_t{1} << 62).value_or(0);
    return choice;
}

/// The text of a key that must be there.
std::string needed(ScriptMap& map, std::string_view key) {
    const std::optional<std::string> found = map.text(key);
    if (!found || found->empty()) map.refuse(key, Errc::empty, "expected a value, found none");
    return found.value_or("");
}

VenueAction read_fill(ScriptMap& map) {
    FillOrder fill{.order = read_choice(map)};
    fill.fraction = map.fraction("fraction").value_or(Decimal{1});
    fill.parts = static_cast<int>(map.count("parts", 1, 1000).value_or(1));
    fill.every = map.duration("every").value_or(Duration{});
    if (const auto price = map.positive("price")) fill.price = Price{*price};
    return fill;
}

VenueAction read_cancel(ScriptMap& map) {
    const bool all = map.flag("all");
    return CancelByVenue{.order = read_choice(map), .all = all};
}

VenueAction read_status(ScriptMap& map, TradingStatus status) {
    return SetStatus{.instrument = map.text("instrument").value_or(""),
                     .status = status,
                     .lasts = map.duration("for").value_or(Duration{})};
}

VenueAction read_halt(ScriptMap& map) { return read_status(map, TradingStatus::halted); }
VenueAction read_close(ScriptMap& map) { return read_status(map, TradingStatus::closed); }
VenueAction read_open(ScriptMap& map) { return read_status(map, TradingStatus::open); }
VenueAction read_delist(ScriptMap& map) { return Delist{needed(map, "instrument")}; }

VenueAction read_transfer(ScriptMap& map) {
    Transfer transfer{
        .account = map.text("account").value_or(""), .asset = needed(map, "asset"), .amount = {}};
    const std::optional<Decimal> amount = map.decimal("amount");
    if (!amount || amount->is_zero())
        map.refuse("amount", Errc::empty, "expected an amount that is not zero");
    transfer.amount = amount.value_or(Decimal{});
    return transfer;
}

VenueAction read_manual_order(ScriptMap& map) {
    ManualOrder order;
    order.account = map.text("account").value_or("");
    order.instrument = needed(map, "instrument");
    const std::optional<std::size_t> side = map.word("side", kSideWords);
    if (!side) map.refuse("side", Errc::empty, "expected buy or sell");
    order.side = side == 1 ? Side::sell : Side::buy;
    const std::optional<Decimal> quantity = map.positive("quantity");
    if (!quantity) map.refuse("quantity", Errc::empty, "expected a quantity above zero");
    order.quantity = Quantity{quantity.value_or(Decimal{})};
    if (const auto limit = map.positive("limit")) order.limit = Price{*limit};
    order.client_id = map.text("client_id").value_or("");
    return order;
}

VenueAction read_liquidate(ScriptMap& map) {
    return Liquidate{.account = map.text("account").value_or(""), .instrument = needed(map, "instrument")};
}

VenueAction read_expire(ScriptMap&) { return ExpireStreamKeys{}; }

VenueAction read_disconnect(ScriptMap& map) {
    Disconnect disconnect;
    disconnect.reset = map.word("how", kCloseWords) == std::size_t{1};
    disconnect.code = static_cast<std::uint16_t>(map.count("code", 1000, 4999).value_or(1001));
    return disconnect;
}

VenueAction read_stop_data(ScriptMap& map) {
    return StopData{.instrument = map.text("instrument").value_or(""),
                    .frames = read_words<FrameKind, FrameKind::account>(map, "frames"),
                    .lasts = map.duration("for").value_or(Duration{})};
}

VenueAction read_resume_data(ScriptMap&) { return ResumeData{}; }

VenueAction read_stall(ScriptMap& map) {
    const std::optional<Duration> lasts = map.duration("for");
    if (!lasts) map.refuse("for", Errc::empty, "expected how long");
    return StallStreams{lasts.value_or(Duration{})};
}

VenueAction read_refuse_streams(ScriptMap& map) {
    const auto trouble = read_word<StreamTrouble, StreamTrouble::not_authenticated>(map, "trouble");
    if (!trouble)
        map.refuse("trouble", Errc::empty, "expected symbol_limit, connection_limit or slow_client");
    return RefuseStreams{trouble.value_or(StreamTrouble::slow_client)};
}

VenueAction read_set_lag(ScriptMap& map) {
    return SetLag{.account = map.text("account").value_or(""),
                  .lag = read_lag(map),
                  .lasts = map.duration("for").value_or(Duration{})};
}

VenueAction read_clock(ScriptMap& map) {
    const std::optional<Duration> offset = read_clock_offset(map, "offset");
    if (!offset) map.refuse("offset", Errc::empty, "expected an offset such as -3s");
    return SetClock{offset.value_or(Duration{})};
}

VenueAction read_dead_man(ScriptMap& map) {
    return SetDeadMan{.account = map.text("account").value_or(""), .after = map.duration("after")};
}

VenueAction read_mark(ScriptMap& map) {
    SetMark mark{.instrument = needed(map, "instrument"), .mark = {}, .index = {}};
    const std::optional<Decimal> price = map.positive("mark");
    if (!price) map.refuse("mark", Errc::empty, "expected a price above zero");
    mark.mark = Price{price.value_or(Decimal{})};
    mark.index = Price{map.positive("index").value_or(mark.mark.value)};
    return mark;
}

VenueAction read_funding(ScriptMap& map) {
    SetFunding funding{.instrument = needed(map, "instrument"), .rate = {}, .after = {}};
    funding.rate = map.decimal("rate").value_or(Decimal{});
    if (Decimal{1} < funding.rate.abs())
        map.refuse("rate", Errc::out_of_range, "expected a fraction within -1 and 1");
    funding.after = map.duration("after").value_or(Duration{});
    return funding;
}

VenueAction read_id_rule(ScriptMap& map) {
    const auto rule = read_word<IdRule, IdRule::not_unique>(map, "rule");
    if (!rule) map.refuse("rule", Errc::empty, "expected unique_forever, unique_while_open or not_unique");
    return SetIdRule{rule.value_or(IdRule::unique_forever)};
}

/// One key of a `do` and how its map is read.
struct ActionWord {
    std::string_view key;
    VenueAction (*read)(ScriptMap&);
};
constexpr auto kActions = std::to_array<ActionWord>({
    {"fill", &read_fill},
    {"cancel", &read_cancel},
    {"halt", &read_halt},
    {"close_market", &read_close},
    {"open_market", &read_open},
    {"delist", &read_delist},
    {"transfer", &read_transfer},
    {"order", &read_manual_order},
    {"liquidate", &read_liquidate},
    {"expire_stream_keys", &read_expire},
    {"disconnect", &read_disconnect},
    {"stop_data", &read_stop_data},
    {"resume_data", &read_resume_data},
    {"stall_streams", &read_stall},
    {"refuse_streams", &read_refuse_streams},
    {"lag", &read_set_lag},
    {"clock", &read_clock},
    {"dead_man", &read_dead_man},
    {"mark", &read_mark},
    {"funding", &read_funding},
    {"id_rule", &read_id_rule},
});

}  // namespace

std::optional<Duration> read_clock_offset(ScriptMap& map, std::string_view key) {
    // The market is moved through every moment on the way there.
    constexpr Duration kFarthest = std::chrono::days{31};
    const std::optional<Duration> offset = map.signed_duration(key);
    if (offset && (kFarthest < *offset || *offset < -kFarthest)) {
        map.refuse(key, Errc::out_of_range, "expected at most 31 days");
        return std::nullopt;
    }
    return offset;
}

ViewLag read_lag(ScriptMap& map) {
    return {.orders = map.duration("orders").value_or(Duration{}),
            .fills = map.duration("fills").value_or(Duration{}),
            .positions = map.duration("positions").value_or(Duration{}),
            .balances = map.duration("balances").value_or(Duration{})};
}

FeeRule read_fees(const YAML::Node& node, ScriptText& text, std::string* instrument) {
    ScriptMap map{node, text, "fees"};
    FeeRule fees;
    if (instrument != nullptr) *instrument = map.text("instrument").value_or("");
    const auto share = [&](std::string_view key) {
        const Decimal found = map.decimal(key).value_or(Decimal{});
        if (Decimal{1} < found.abs())
            map.refuse(key, Errc::out_of_range, "expected a fraction within -1 and 1");
        return found;
    };
    fees.maker = share("maker");
    fees.taker = share("taker");
    fees.asset = read_word<FeeAsset, FeeAsset::third>(map, "asset").value_or(FeeAsset::quote);
    fees.third = map.text("third").value_or("");
    fees.third_price = map.positive("third_price").value_or(Decimal{1});
    if (fees.third_price < Decimal::power_of_ten(-6))
        map.refuse("third_price", Errc::out_of_range, "expected at least 0.000001");
    if (fees.asset == FeeAsset::third && fees.third.empty())
        map.refuse("third", Errc::empty, "expected the name of the third asset");
    map.finish();
    return fees;
}

std::vector<VenueAction> read_venue_actions(ScriptMap& map, ScriptText& text) {
    std::vector<VenueAction> actions;
    for (const ActionWord& each : kActions) {
        const YAML::Node node = map.node(each.key);
        if (!node.IsDefined()) continue;
        ScriptMap inner{node, text, std::string{each.key}};
        actions.push_back(each.read(inner));
        inner.finish();
    }
    if (const YAML::Node node = map.node("fees"); node.IsDefined()) {
        SetFees fees;
        fees.fees = read_fees(node, text, &fees.instrument);
        actions.push_back(std::move(fees));
    }
    return actions;
}

}  // namespace plumb::exchange
