#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/rng.hpp"
#include "exchange/binance/key_ring.hpp"
#include "exchange/binance/listen_keys.hpp"
#include "exchange/binance/parameters.hpp"
#include "exchange/binance/request_meter.hpp"
#include "exchange/binance/symbols.hpp"
#include "exchange/binance/text.hpp"
#include "exchange/protocol/past_market.hpp"
#include "exchange/protocol/protocol.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange::binance {

/// What an account of the futures board has chosen for one symbol. The model's margin is that of the account:
/// these are kept and told.
struct SymbolChoice {
    int leverage = 20;
    bool is_isolated = false;
};

struct FundingRow {
    Timestamp at;
    Decimal rate;
    Price mark;
};

/// What the venue remembers of a market beside the model.
struct MarketMemory {
    Quantity last_quantity;  // of the last trade
    TradeNumber last_trade = 0;
    Timestamp last_trade_at{};
    std::deque<FundingRow> funding;  // paid or due since the exchange opened, oldest first
    Timestamp average_at{};
    Price average;  // of the last five minutes, as it was at average_at
};

/// One line of an account's history of money (futures): what GET /fapi/v1/income tells.
struct IncomeRow {
    AccountId account;
    std::optional<InstrumentId> instrument;
    const char* type;  // "REALIZED_PNL", "FUNDING_FEE", "COMMISSION", "TRANSFER"
    Decimal amount;
    AssetId asset;
    Timestamp at;
    std::int64_t number = 0;
    TradeNumber trade = 0;
};
constexpr std::size_t kIncomeRowsMax = 20'000;

/// Everything the answers of one board stand on.
struct Desk {
    Desk(const ProtocolContext& context, Board which);

    VenueModel& model;
    const PastMarket& past;
    Board board;
    SymbolTable symbols;
    KeyRing keys;
    RequestMeter meter;
    Rng rng;
    ListenKeys listen_keys;
    std::vector<MarketMemory> memory;               // by market
    std::map<OrderNumber, std::string> cancel_ids;  // told with the end of the order
    std::map<std::pair<AccountId, InstrumentId>, SymbolChoice> choices;
    std::map<std::pair<AccountId, InstrumentId>, Timestamp> countdowns;  // countdownCancelAll
    std::deque<IncomeRow> income;  // oldest first, the newest kIncomeRowsMax

    bool is_spot() const { return board == Board::spot; }
    /// A client order id or the like, as the venue makes them: 22 letters and digits.
    std::string random_id();
    /// Volume-weighted over the last five minutes; the last price when nothing was traded.
    Price average_price(const Symbol& symbol, Timestamp now);
    SymbolChoice choice(AccountId account, InstrumentId instrument) const;
};

/// One request, whoever carried it.
struct Call {
    const Parameters& parameters;
    Timestamp now;
    TimeUnit unit = TimeUnit::milliseconds;
    AccountId account;           // of signed requests
    std::string_view api_key;    // of requests with a key
    int extra_weight = 0;        // what this request costs beyond its route's weight; set by the handler
    bool is_free = false;        // an order that was accepted costs no weight; set by the handler
    bool placed_orders = false;  // the answer carries order counts; set by the handler

    std::int64_t stamp(Timestamp time) const { return binance::stamp(time, unit); }
};

using Handler = Answer (*)(Desk& desk, Call& call);

}  // namespace plumb::exchange::binance
