#pragma once

#include "exchange/coinbase/desk.hpp"
#include "exchange/coinbase/replies.hpp"
#include "exchange/protocol/form.hpp"

namespace plumb::exchange::coinbase {

/// /api/v3/brokerage/orders and what is below it.
class Orders {
 public:
    explicit Orders(Desk& desk) : desk_{desk} {}

    Response create(AccountId account, std::string_view body, Timestamp now);
    Response preview(AccountId account, std::string_view body, Timestamp now);
    Response edit(AccountId account, std::string_view body, Timestamp now);
    Response edit_preview(AccountId account, std::string_view body, Timestamp now);
    Response batch_cancel(AccountId account, std::string_view body, Timestamp now);
    Response one(AccountId account, std::string_view order_id, Timestamp now) const;
    Response list(AccountId account, const Form& form, Timestamp now) const;
    Response fills(AccountId account, const Form& form, Timestamp now) const;

    static constexpr std::size_t kPageMax = 250;
    static constexpr std::size_t kCancelMax = 100;

 private:
    struct Edit;

    Response placed(const OrderSpec& spec, OrderNumber number, Timestamp now) const;
    std::expected<Edit, Response> parse_edit(AccountId account, std::string_view body, Timestamp now) const;

    Desk& desk_;
};

}  // namespace plumb::exchange::coinbase
