#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "exchange/coinmarketcap/prices.hpp"
#include "exchange/coinmarketcap/usage.hpp"
#include "exchange/protocol/form.hpp"
#include "exchange/protocol/json_out.hpp"
#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::coinmarketcap {

/// One credit for each `per_credit` things begun, at least one.
std::int64_t credits_for(std::size_t things, std::size_t per_credit);

/// The venue's REST interface.
class Rest {
 public:
    explicit Rest(const ProtocolContext& context);
    Response answer(const Request& request, Timestamp now);
    Response refuse(Trouble trouble, Timestamp now);

 private:
    /// What an endpoint says: its data and what it costs, or a refusal.
    struct Refused {
        int status = 400;
        int code = 400;
        std::string words;
    };
    struct Answered {
        std::string data;  // JSON
        std::int64_t credits = 0;
        std::optional<std::size_t> total;  // of lists
    };
    using Answer = std::expected<Answered, Refused>;

    struct Call {
        int version = 1;
        std::string endpoint;  // "cryptocurrency/quotes/latest"
        Form query;
        std::string key;  // empty: the public interface
        const Plan* plan = nullptr;
        Timestamp now;
    };
    /// How coins were named: "id", "slug" or "symbol".
    struct Chosen {
        std::string by;
        std::vector<const Coin*> coins;
        std::vector<std::string> asked;  // the texts, beside coins
    };
    /// A currency prices are told in.
    struct Unit {
        std::int64_t id = 0;
        std::string symbol;
        const Coin* coin = nullptr;  // null: USD
    };

    Answer route(Call& call);
    Answer quotes_latest(const Call& call);
    Answer quotes_historical(const Call& call);
    Answer listings_latest(const Call& call);
    Answer map(const Call& call);
    Answer info(const Call& call);
    Answer ohlcv_historical(const Call& call);
    Answer ohlcv_latest(const Call& call);
    Answer key_info(const Call& call);

    std::expected<Chosen, Refused> choose(const Call& call, bool must) const;
    std::expected<std::vector<Unit>, Refused> units(const Call& call) const;
    Price in_unit(Price price, const Unit& unit, Timestamp now);
    void write_coin(JsonOut& out, const Coin& coin, const std::vector<Unit>& units, int version,
                    Timestamp now);
    void write_quote(JsonOut& out, const Coin& coin, const Unit& unit, int version, Timestamp now);
    void write_candles(JsonOut& out, const Coin& coin, std::span<const DetailedBar> bars, Timestamp now,
                       bool is_open);
    Response envelope(const Answer& answer, Timestamp now);

    const PastMarket& past_;
    std::vector<Coin> coins_;
    Usage usage_;
    Prices prices_;
};

}  // namespace plumb::exchange::coinmarketcap
