#include "app/tape_session.hpp"

#include <nlohmann/json.hpp>

namespace plumb::app {
namespace {

using Json = nlohmann::ordered_json;

Json ns(Duration duration) { return duration.count(); }
Json ns(Timestamp time) { return to_ns(time); }
Duration duration_of(const Json& json) { return Duration{json.get<std::int64_t>()}; }
Timestamp time_of_json(const Json& json) { return timestamp_from_ns(json.get<std::int64_t>()); }

// Start-up code over a third-party library: what does not fit throws, and read_tape_session turns that into
// an Error.
template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error{result.error().message()};
    return *std::move(result);
}
Money money(const Json& json) { return must(Money::parse(json.get<std::string>())); }
Quantity quantity(const Json& json) { return must(Quantity::parse(json.get<std::string>())); }
Price price(const Json& json) { return must(Price::parse(json.get<std::string>())); }

template <class Unit>
Json texts(const std::array<Amount<Unit>, 2>& both) {
    return {both[0].to_string(), both[1].to_string()};
}

Json to_json(const PairModel& model) {
    return {{"name", model.name},
            {"legs", {model.legs[0].value, model.legs[1].value}},
            {"weights", {model.weights[0], model.weights[1]}},
            {"mean", model.spread_mean},
            {"std", model.spread_std},
            {"half_life", model.half_life},
            {"fitted_until", ns(model.fitted_until)}};
}

PairModel model_of(const Json& json, std::uint32_t id) {
    PairModel model;
    model.id = PairId{id};
    model.name = json.at("name");
    for (std::size_t leg = 0; leg < 2; ++leg) {
        model.legs[leg] = InstrumentId{json.at("legs").at(leg).get<std::uint32_t>()};
        model.weights[leg] = json.at("weights").at(leg);
    }
    model.spread_mean = json.at("mean");
    model.spread_std = json.at("std");
    model.half_life = json.at("half_life");
    model.fitted_until = time_of_json(json.at("fitted_until"));
    return model;
}

Json to_json(const Fill& fill) {
    Json json{{"execution", std::string{fill.execution.view()}},
              {"order", fill.order.to_string()},
              {"instrument", fill.instrument.value},
              {"leg", fill.leg},
              {"side", to_string(fill.side)},
              {"price", fill.price.to_string()},
              {"quantity", fill.quantity.to_string()},
              {"fee", fill.fee.to_string()},
              {"venue_time", ns(fill.venue_time)},
              {"received_at", ns(fill.received_at)}};
    if (fill.pair) json["pair"] = fill.pair->value;
    return json;
}

Fill fill_of(const Json& json) {
    Fill fill;
    fill.execution = ExecutionId{json.at("execution").get<std::string>()};
    fill.order = must(ClientOrderId::parse(json.at("order").get<std::string>()));
    fill.instrument = InstrumentId{json.at("instrument").get<std::uint32_t>()};
    if (json.contains("pair")) fill.pair = PairId{json.at("pair").get<std::uint32_t>()};
    fill.leg = json.at("leg");
    fill.side = must(parse_side(json.at("side").get<std::string>()));
    fill.price = price(json.at("price"));
    fill.quantity = quantity(json.at("quantity"));
    fill.fee = money(json.at("fee"));
    fill.venue_time = time_of_json(json.at("venue_time"));
    fill.received_at = time_of_json(json.at("received_at"));
    return fill;
}

Json to_json(const PairStatus& status) {
    return {{"pair", status.pair.value},
            {"phase", to_string(status.phase)},
            {"side", to_string(status.side)},
            {"target", texts(status.target)},
            {"held", texts(status.held)},
            {"residual", texts(status.residual)},
            {"entry_value", texts(status.entry_value)},
            {"realized", status.realized.to_string()},
            {"fees", status.fees.to_string()},
            {"entry_z", status.entry_z},
            {"entry_spread", status.entry_spread},
            {"entered_at", ns(status.entered_at)},
            {"deadline", ns(status.deadline)},
            {"cooling_down", status.cooling_down},
            {"attempts", status.attempts}};
}

PairStatus status_of(const Json& json) {
    PairStatus status;
    status.pair = PairId{json.at("pair").get<std::uint32_t>()};
    status.phase = must(parse_pair_phase(json.at("phase").get<std::string>()));
    status.side = must(parse_spread_side(json.at("side").get<std::string>()));
    for (std::size_t leg = 0; leg < 2; ++leg) {
        status.target[leg] = quantity(json.at("target").at(leg));
        status.held[leg] = quantity(json.at("held").at(leg));
        status.residual[leg] = quantity(json.at("residual").at(leg));
        status.entry_value[leg] = money(json.at("entry_value").at(leg));
    }
    status.realized = money(json.at("realized"));
    status.fees = money(json.at("fees"));
    status.entry_z = json.at("entry_z").is_null() ? 0 : json.at("entry_z").get<double>();
    status.entry_spread = json.at("entry_spread");
    status.entered_at = time_of_json(json.at("entered_at"));
    status.deadline = time_of_json(json.at("deadline"));
    status.cooling_down = json.at("cooling_down");
    status.attempts = json.at("attempts");
    return status;
}

Json to_json(const execution::OpenOrder& open) {
    const OrderRequest& order = open.request;
    Json json{{"id", order.id.to_string()},
              {"instrument", order.instrument.value},
              {"leg", order.leg},
              {"side", to_string(order.side)},
              {"purpose", to_string(order.purpose)},
              {"quantity", order.quantity.to_string()},
              {"reference", order.reference.to_string()},
              {"decided_at", ns(order.decided_at)},
              {"state", to_string(open.state)},
              {"filled", open.filled.to_string()}};
    if (order.pair) json["pair"] = order.pair->value;
    return json;
}

execution::OpenOrder order_of(const Json& json) {
    execution::OpenOrder open;
    open.request.id = must(ClientOrderId::parse(json.at("id").get<std::string>()));
    open.request.instrument = InstrumentId{json.at("instrument").get<std::uint32_t>()};
    if (json.contains("pair")) open.request.pair = PairId{json.at("pair").get<std::uint32_t>()};
    open.request.leg = json.at("leg");
    open.request.side = must(parse_side(json.at("side").get<std::string>()));
    open.request.purpose = must(parse_order_purpose(json.at("purpose").get<std::string>()));
    open.request.quantity = quantity(json.at("quantity"));
    open.request.reference = price(json.at("reference"));
    open.request.decided_at = time_of_json(json.at("decided_at"));
    open.state = must(parse_order_state(json.at("state").get<std::string>()));
    open.filled = quantity(json.at("filled"));
    return open;
}

Json to_json(const engine::EngineConfig& config) {
    const risk::Limits& limits = config.limits;
    const execution::ExecutionPolicy& policy = config.execution;
    return {{"capital", config.capital.to_string()},
            {"pair_gross", config.pair_gross},
            {"cycle", ns(config.cycle_interval)},
            {"bar_length", ns(config.bar_length)},
            {"valuation", static_cast<int>(config.valuation)},
            {"triggers", static_cast<int>(config.triggers)},
            {"first_id", config.first_id.to_string()},
            {"limits",
             {{"gross", limits.gross_exposure_max},
              {"pair", limits.pair_gross_max},
              {"order", limits.order_notional_max},
              {"pairs", limits.open_pairs_max},
              {"band", limits.price_band},
              {"drawdown", limits.drawdown_max},
              {"orders_per_minute", limits.orders_per_minute_max},
              {"price_age", ns(limits.price_age_max)}}},
            {"deadline", ns(policy.completion_deadline)},
            {"completion_attempts", policy.completion_attempts_max},
            {"closing_attempts", policy.closing_attempts_max}};
}

engine::EngineConfig config_of(const Json& json) {
    engine::EngineConfig config;
    config.capital = money(json.at("capital"));
    config.pair_gross = json.at("pair_gross");
    config.cycle_interval = duration_of(json.at("cycle"));
    config.bar_length = duration_of(json.at("bar_length"));
    // Absent from tapes of before mark prices: without any, both mean the same.
    config.valuation = json.value("valuation", 1) == 1 ? engine::PriceUse::mark : engine::PriceUse::last;
    config.triggers = json.value("triggers", 0) == 1 ? engine::PriceUse::mark : engine::PriceUse::last;
    config.first_id = must(ClientOrderId::parse(json.at("first_id").get<std::string>()));
    const Json& limits = json.at("limits");
    config.limits = {limits.at("gross"),
                     limits.at("pair"),
                     limits.at("order"),
                     limits.at("pairs"),
                     limits.at("band"),
                     limits.at("drawdown"),
                     limits.at("orders_per_minute"),
                     duration_of(limits.at("price_age"))};
    config.execution = {duration_of(json.at("deadline")), json.at("completion_attempts"),
                        json.at("closing_attempts")};
    return config;
}

Json to_json(const engine::Recovered& recovered) {
    Json json{{"fills", Json::array()},
              {"pairs", Json::array()},
              {"orders", Json::array()},
              {"equity_high", recovered.equity_high.to_string()},
              {"carried_realized", recovered.carried_realized.to_string()},
              {"carried_fees", recovered.carried_fees.to_string()}};
    for (const Fill& fill : recovered.fills) json["fills"].push_back(to_json(fill));
    for (const PairStatus& status : recovered.pairs) json["pairs"].push_back(to_json(status));
    for (const execution::OpenOrder& order : recovered.open_orders) json["orders"].push_back(to_json(order));
    return json;
}

engine::Recovered recovered_of(const Json& json) {
    engine::Recovered recovered;
    for (const Json& fill : json.at("fills")) recovered.fills.push_back(fill_of(fill));
    for (const Json& status : json.at("pairs")) recovered.pairs.push_back(status_of(status));
    for (const Json& order : json.at("orders")) recovered.open_orders.push_back(order_of(order));
    recovered.equity_high = money(json.at("equity_high"));
    recovered.carried_realized = money(json.at("carried_realized"));
    recovered.carried_fees = money(json.at("carried_fees"));
    return recovered;
}

}  // namespace

std::string tape_session_json(const TapeSession& session) {
    const strategies::PairsParams& params = session.params;
    Json json{
        {"data_source", session.data_source}, {"bars", session.bars}, {"engine", to_json(session.config)}};
    json["params"] = {{"entry_z", params.entry_z},
                      {"exit_z", params.exit_z},
                      {"lookback", params.lookback},
                      {"recalibrate_min", params.recalibrate_observations_min},
                      {"recalibrate_interval", ns(params.recalibrate_interval)}};
    if (params.stop_z) json["params"]["stop_z"] = *params.stop_z;
    json["models"] = Json::array();
    for (std::size_t i = 0; i < session.models.size(); ++i) {
        Json model = to_json(session.models[i]);
        const strategies::PairStaleness& limits = session.staleness[i];
        model["staleness"] = {ns(limits.entry), ns(limits.exit), ns(limits.emergency)};
        model["close_only"] = static_cast<bool>(session.close_only[i]);
        json["models"].push_back(std::move(model));
    }
    json["recovered"] = to_json(session.recovered);
    return json.dump();
}

Result<TapeSession> read_tape_session(const std::string& text) {
    try {
        const Json json = Json::parse(text);
        TapeSession session;
        session.data_source = json.at("data_source");
        session.bars = json.at("bars");
        session.config = config_of(json.at("engine"));
        const Json& params = json.at("params");
        session.params.entry_z = params.at("entry_z");
        session.params.exit_z = params.at("exit_z");
        if (params.contains("stop_z")) session.params.stop_z = params.at("stop_z").get<double>();
        session.params.lookback = params.at("lookback");
        session.params.recalibrate_observations_min = params.at("recalibrate_min");
        session.params.recalibrate_interval = duration_of(params.at("recalibrate_interval"));
        for (const Json& model : json.at("models")) {
            session.models.push_back(model_of(model, static_cast<std::uint32_t>(session.models.size())));
            const Json& limits = model.at("staleness");
            session.staleness.push_back(
                {duration_of(limits.at(0)), duration_of(limits.at(1)), duration_of(limits.at(2))});
            session.close_only.push_back(model.at("close_only").get<bool>());
        }
        session.recovered = recovered_of(json.at("recovered"));
        return session;
    } catch (const std::exception& error) {
        return fail(Errc::corrupt, std::string{"the tape's session cannot be read: "} + error.what());
    }
}

TapeRecorder::TapeRecorder(store::TapeWriter writer, const InstrumentTable& instruments)
    : writer_{std::move(writer)}, instruments_{instruments} {
    effects_.reserve(64);
}

void TapeRecorder::keep(Status status) {
    if (trouble_ && !status) trouble_ = std::move(status);
}

void TapeRecorder::on_warm_up(const Event& event) {
    if (trouble_) keep(writer_.append(event));
}

void TapeRecorder::begin() {
    if (begun_) return;
    begun_ = true;
    if (trouble_) keep(writer_.append(store::TapeDecision{0, kDecidingBegins}));
}

void TapeRecorder::write_decision() {
    if (effects_.empty()) return;
    const std::uint64_t digest = digest_.add(effects_);
    if (trouble_) keep(writer_.append(store::TapeDecision{digest, store::describe(effects_, instruments_)}));
    effects_.clear();
    if (durable_ && trouble_) keep(writer_.flush());
    durable_ = false;
}

void TapeRecorder::on_event(const Event& event) {
    begin();
    write_decision();
    if (trouble_) keep(writer_.append(event));
}

void TapeRecorder::on_effect(const Effect& effect) {
    effects_.push_back(effect);
    durable_ |= std::holds_alternative<RecordIntent>(effect) || std::holds_alternative<RecordFill>(effect);
}

Status TapeRecorder::finish() {
    begin();
    write_decision();
    if (trouble_) keep(writer_.append(store::TapeDecision{0, kSessionOver}));
    keep(writer_.flush());
    return trouble_;
}

}  // namespace plumb::app
