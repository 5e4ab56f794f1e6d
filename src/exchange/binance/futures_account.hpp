#pragma once

#include "exchange/binance/desk.hpp"

namespace plumb::exchange::binance {

/// One position as the futures board values it, at mark.
struct PositionView {
    const Symbol* symbol = nullptr;
    Position position;
    SymbolChoice choice;
    Price mark;
    Money notional;  // signed
    Money unrealized;
    Money initial_margin;
    Money maintenance_margin;
    Price break_even;
    Price liquidation;  // zero where none is above zero
    Timestamp updated_at;
};
PositionView view_position(const Desk& desk, AccountId account, const Symbol& symbol, Timestamp now);

constexpr Decimal kNotionalCap{50'000'000};  // of the one leverage bracket there is
/// What may still be used as margin.
Money available_of(const Desk& desk, AccountId account, Timestamp now);
bool has_open_orders(const Desk& desk, const Call& call, InstrumentId instrument);
void write_account_flags(JsonWriter& json);

Answer futures_balance(Desk& desk, Call& call);
Answer futures_account_v2(Desk& desk, Call& call);
Answer futures_account_v3(Desk& desk, Call& call);
Answer position_risk_v2(Desk& desk, Call& call);
Answer position_risk_v3(Desk& desk, Call& call);
Answer account_config(Desk& desk, Call& call);
Answer symbol_config(Desk& desk, Call& call);
Answer commission_rate(Desk& desk, Call& call);
Answer leverage_bracket(Desk& desk, Call& call);
Answer set_leverage(Desk& desk, Call& call);
Answer set_margin_type(Desk& desk, Call& call);
Answer position_mode(Desk& desk, Call& call);
Answer set_position_mode(Desk& desk, Call& call);
Answer multi_assets_mode(Desk& desk, Call& call);
Answer set_multi_assets_mode(Desk& desk, Call& call);
Answer set_position_margin(Desk& desk, Call& call);
Answer income(Desk& desk, Call& call);
Answer adl_quantile(Desk& desk, Call& call);
Answer forced_orders(Desk& desk, Call& call);
Answer fee_burn(Desk& desk, Call& call);

Answer open_listen_key(Desk& desk, Call& call);
Answer renew_listen_key(Desk& desk, Call& call);
Answer close_listen_key(Desk& desk, Call& call);

}  // namespace plumb::exchange::binance
