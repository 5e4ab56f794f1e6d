#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/alpaca/json_out.hpp"
#include "exchange/venue_model.hpp"

namespace plumb::exchange::alpaca {

/// One asset as the venue names it.
struct Asset {
    InstrumentId instrument;
    std::string id;        // UUID
    std::string symbol;    // "BTC/USD", "AAPL": orders, market data
    std::string position;  // "BTCUSD", "AAPL": positions, which have no slash
    std::string base;
    std::string quote;
    bool is_crypto = false;
    bool can_short = false;
    Price tick;
    Quantity lot;
    Quantity quantity_min;
};

/// The markets of the model in the venue's spelling.
class Assets {
 public:
    explicit Assets(const VenueModel& model);

    const Asset& of(InstrumentId instrument) const { return assets_[instrument.value]; }
    /// By id, by symbol, or by a crypto symbol without its slash.
    const Asset* find(std::string_view text) const;
    /// By symbol alone: what the market data interface takes.
    const Asset* find_symbol(std::string_view symbol) const;
    const std::vector<Asset>& all() const { return assets_; }

 private:
    std::vector<Asset> assets_;  // by instrument
    std::map<std::string, std::size_t, std::less<>> by_text_;
};

void write_asset(JsonOut& out, const Asset& asset);

/// Whether the venue could have a market of this spelling.
bool is_crypto_symbol(std::string_view text);  // "BTC/USD"
bool is_stock_symbol(std::string_view text);   // "BRK.B"

}  // namespace plumb::exchange::alpaca
