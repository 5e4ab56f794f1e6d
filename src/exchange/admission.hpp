#pragma once

#include "exchange/model_state.hpp"

namespace plumb::exchange {

/// The most that an order may ask for, whatever the market: keeps every sum inside a Decimal.
constexpr std::int64_t kQuantityMost = 1'000'000'000'000'000;
constexpr std::int64_t kPriceMost = 1'000'000'000'000;
constexpr std::int64_t kNotionalMost = 1'000'000'000'000'000;

/// Why this order is not taken, the first of: market, status, words, grid and bounds, id, side of the market,
/// position. Money comes after (funds.hpp). The house is bound by the grid and the status only.
std::optional<Refusal> admission_refusal(const ModelState& state, const OrderSpec& spec);

/// The part of it that a changed order has to pass again: grid, bounds, side of the market.
std::optional<Refusal> terms_refusal(const ModelState& state, const OrderSpec& spec, bool triggered);

/// Whether the venue's rule refuses this client id now.
bool id_is_taken(const ModelState& state, const OrderSpec& spec);

}  // namespace plumb::exchange
