#pragma once

#include <array>
#include <string_view>

#include "app/setting_row.hpp"

namespace plumb::app {

// clang-format off
inline constexpr std::string_view kVenues = "alpaca binance binance-futures coinbase kraken-futures polygon coinmarketcap";
inline constexpr std::string_view kShortVenues = "binance-futures kraken-futures";

/// The part of the table that is about venues: which, where, with whose keys. Keys are secrets; the places of keys
/// are not.
inline constexpr auto kVenueSettings = std::to_array<Setting>({
    // which venue
    {.key = "venue", .type = Type::choice, .choices = kVenues, .commands = "decode account trade trade-indefinite exchange",
     .several_for = "exchange",
     .help = "whose bytes, account, orders or protocol; without it the data source, else the one venue with keys"},
    {.key = "short-venue", .type = Type::choice, .choices = kShortVenues, .commands = "trade trade-indefinite",
     .help = "where a leg is sold short that --venue cannot sell short"},
    {.key = "valuation-price", .type = Type::choice, .fallback = "mark", .choices = "last mark", .commands = "trade trade-indefinite",
     .help = "price that values positions; mark where the venue has one, else last"},
    {.key = "trigger-price", .type = Type::choice, .fallback = "last", .choices = "last mark", .commands = "trade trade-indefinite",
     .help = "price that signals, stops and triggers look at"},
    {.key = "universe-max", .type = Type::integer, .range = {2, 5'000}, .unit = "instruments", .fallback = "60",
     .commands = "compute-benchmarks generate-pairs scan backtest monitor trade trade-indefinite",
     .help = "without --symbols: most instruments taken from a venue's list"},
    {.key = "quote-currency", .type = Type::text,
     .help = "without --symbols: quote of the instruments taken from a venue's list; none: the venue's own, such as USDT"},
    {.key = "alpaca-plan", .type = Type::choice, .fallback = "iex", .choices = "iex sip delayed_sip",
     .help = "stock data of the user's Alpaca plan"},
    {.key = "polygon-plan", .type = Type::choice, .fallback = "basic", .choices = "basic starter developer advanced business",
     .help = "the user's Polygon plan"},
    {.key = "coinmarketcap-plan", .type = Type::choice, .fallback = "basic",
     .choices = "basic hobbyist startup standard professional enterprise", .help = "the user's CoinMarketCap plan"},

    // where it is
    {.key = "venue-endpoint", .type = Type::choice, .fallback = "paper", .choices = "paper live",
     .help = "account and orders: a venue's paper or demo servers where it has some, or those of real money; Alpaca: alpaca-base-url"},
    {.key = "network-patience", .type = Type::number, .range = {0.1, 3'600}, .unit = "seconds", .fallback = "15",
     .help = "how long a question that changes nothing is asked again while the network or the venue is in trouble"},
    {.key = "alpaca-base-url", .type = Type::text, .fallback = "https://paper-api.alpaca.markets", .earlier_variable = "ALPACA_BASE_URL",
     .help = "Alpaca's trading host: paper, or https://api.alpaca.markets"},
    {.key = "venue-address", .type = Type::text, .help = "https://host:port instead of the venue's own servers, such as a local exchange"},
    {.key = "alpaca-address", .type = Type::text, .help = "the same for this venue"},
    {.key = "binance-address", .type = Type::text, .help = "the same for this venue"},
    {.key = "binance-futures-address", .type = Type::text, .help = "the same for this venue"},
    {.key = "coinbase-address", .type = Type::text, .help = "the same for this venue"},
    {.key = "kraken-futures-address", .type = Type::text, .help = "the same for this venue"},
    {.key = "polygon-address", .type = Type::text, .help = "the same for this venue"},
    {.key = "coinmarketcap-address", .type = Type::text, .help = "the same for this venue"},
    {.key = "ca-file", .type = Type::path, .help = "PEM file of certificate authorities to trust besides the system's"},

    // where keys are
    {.key = "key-file", .type = Type::path, .help = "key file of --venue or --data-source (mode 600)"},
    {.key = "alpaca-key-file", .type = Type::path, .help = "key file of this venue (mode 600)"},
    {.key = "binance-key-file", .type = Type::path, .help = "key file of this venue (mode 600)"},
    {.key = "binance-futures-key-file", .type = Type::path, .help = "key file of this venue (mode 600)"},
    {.key = "coinbase-key-file", .type = Type::path, .help = "key file of this venue (mode 600)"},
    {.key = "kraken-futures-key-file", .type = Type::path, .help = "key file of this venue (mode 600)"},
    {.key = "polygon-key-file", .type = Type::path, .help = "key file of this venue (mode 600)"},
    {.key = "coinmarketcap-key-file", .type = Type::path, .help = "key file of this venue (mode 600)"},

    // keys
    {.key = "alpaca-api-key", .type = Type::secret, .scope = Scope::secret, .earlier_variable = "ALPACA_API_KEY APCA_API_KEY_ID",
     .help = "Alpaca"},
    {.key = "alpaca-secret-key", .type = Type::secret, .scope = Scope::secret,
     .earlier_variable = "ALPACA_SECRET_KEY APCA_API_SECRET_KEY", .help = "Alpaca"},
    {.key = "binance-api-key", .type = Type::secret, .scope = Scope::secret, .earlier_variable = "ZZT_BINANCE_KEY BINANCE_API_KEY",
     .help = "Binance"},
    {.key = "binance-secret-key", .type = Type::secret, .scope = Scope::secret,
     .earlier_variable = "ZZT_BINANCE_SECRET BINANCE_API_SECRET BINANCE_SECRET_KEY", .help = "Binance"},
    {.key = "binance-futures-api-key", .type = Type::secret, .scope = Scope::secret, .earlier_variable = "BINANCE_FUTURES_API_KEY",
     .help = "Binance USD-M futures; without it Binance's key"},
    {.key = "binance-futures-secret-key", .type = Type::secret, .scope = Scope::secret,
     .earlier_variable = "BINANCE_FUTURES_API_SECRET BINANCE_FUTURES_SECRET_KEY", .help = "Binance USD-M futures"},
    {.key = "coinbase-api-key", .type = Type::secret, .scope = Scope::secret, .earlier_variable = "COINBASE_API_KEY",
     .help = "Coinbase: the key's name"},
    {.key = "coinbase-secret-key", .type = Type::secret, .scope = Scope::secret,
     .earlier_variable = "COINBASE_API_SECRET COINBASE_SECRET_KEY", .help = "Coinbase: the private key, PEM or base64"},
    {.key = "coinbase-passphrase", .type = Type::secret, .scope = Scope::secret, .earlier_variable = "COINBASE_PASSPHRASE",
     .help = "Coinbase Exchange"},
    {.key = "kraken-futures-api-key", .type = Type::secret, .scope = Scope::secret, .earlier_variable = "KRAKEN_FUTURES_API_KEY",
     .help = "Kraken Futures"},
    {.key = "kraken-futures-secret-key", .type = Type::secret, .scope = Scope::secret,
     .earlier_variable = "KRAKEN_FUTURES_API_SECRET KRAKEN_FUTURES_SECRET_KEY", .help = "Kraken Futures"},
    {.key = "polygon-api-key", .type = Type::secret, .scope = Scope::secret, .earlier_variable = "POLYGON_API_KEY MASSIVE_API_KEY",
     .help = "Polygon.io"},
    {.key = "coinmarketcap-api-key", .type = Type::secret, .scope = Scope::secret, .earlier_variable = "CMC_API_KEY",
     .help = "CoinMarketCap"},
});
// clang-format on

}  // namespace plumb::app
