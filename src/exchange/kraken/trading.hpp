#pragma once

#include "exchange/kraken/desk.hpp"
#include "exchange/protocol/form.hpp"

namespace plumb::exchange::kraken {

/// The endpoints that place, change and cancel orders.
class Trading {
 public:
    explicit Trading(Desk& desk) : desk_{desk} {}

    Response send_order(AccountId account, const Form& form, Timestamp now);
    Response edit_order(AccountId account, const Form& form, Timestamp now);
    Response cancel_order(AccountId account, const Form& form, Timestamp now);
    Response cancel_all(AccountId account, const Form& form, Timestamp now);
    Response cancel_all_after(AccountId account, const Form& form, Timestamp now);
    /// Form field json={"batchOrder":[{"order":"send",...},...]}; each element succeeds or fails by itself.
    Response batch(AccountId account, const Form& form, Timestamp now);

    static constexpr std::size_t kBatchMax = 100;
    /// What the cost budget counts a batch as; 0 for what is no batch.
    static std::size_t batch_size(const Form& form);

 private:
    struct Outcome;

    Outcome send(AccountId account, const Form& form, Timestamp now);
    Outcome edit(AccountId account, const Form& form, Timestamp now);
    Outcome cancel(AccountId account, const Form& form, Timestamp now);
    Outcome placed(const OrderSpec& spec, OrderNumber number, Timestamp now);
    Outcome rejected(const OrderSpec& spec, std::string_view status, Timestamp now);
    bool exceeds_leverage(const OrderSpec& spec) const;

    Desk& desk_;
};

}  // namespace plumb::exchange::kraken
