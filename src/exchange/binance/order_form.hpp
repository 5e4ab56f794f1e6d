#pragma once

#include "exchange/binance/desk.hpp"
#include "exchange/binance/order_note.hpp"

namespace plumb::exchange::binance {

/// How much of a new order is answered.
enum class AnswerShape : unsigned char { ack, result, full };

/// A new order, read, checked by the filters, and ready for the model.
struct OrderForm {
    const Symbol* symbol = nullptr;
    OrderSpec spec;  // its note is set
    OrderNote note;
    AnswerShape shape = AnswerShape::ack;
};

/// POST /api/v3/order and what is like it. Every error of parameters and filters comes from here.
Checked<OrderForm> read_spot_order(Desk& desk, const Parameters& parameters, AccountId account,
                                   Timestamp now);
/// POST /fapi/v1/order, one of batchOrders, and, with `is_algo`, POST /fapi/v1/algoOrder.
Checked<OrderForm> read_futures_order(Desk& desk, const Parameters& parameters, AccountId account,
                                      bool is_algo, Timestamp now);

Checked<Side> read_side(const Parameters& parameters);
/// Into a model's rule; nothing for words that the venue does not know.
std::optional<SelfTrade> self_trade_of(std::string_view mode);
Checked<AnswerShape> read_shape(const Parameters& parameters, AnswerShape otherwise);

}  // namespace plumb::exchange::binance
