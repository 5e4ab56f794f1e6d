#pragma once

#include "exchange/kraken/desk.hpp"
#include "exchange/protocol/form.hpp"

namespace plumb::exchange::kraken {

/// /api/history/v2 and v3: everything that ever happened, in pages of "elements".
class History {
 public:
    explicit History(Desk& desk) : desk_{desk} {}

    Response orders(AccountId account, const Form& form, Timestamp now) const;
    Response triggers(AccountId account, const Form& form, Timestamp now) const;
    Response executions(AccountId account, const Form& form, Timestamp now) const;
    Response positions(AccountId account, const Form& form, Timestamp now) const;
    Response account_log(AccountId account, const Form& form, Timestamp now) const;
    Response account_log_csv(AccountId account, Timestamp now) const;
    Response market_executions(std::string_view symbol, const Form& form, Timestamp now) const;
    Response market_prices(std::string_view symbol, const Form& form, Timestamp now) const;

    /// Rows of the account log.
    void on_event(const ModelEvent& event);

    static constexpr std::size_t kPageMax = 1'000;

 private:
    struct Element {
        Timestamp at;
        std::uint64_t order = 0;  // among elements of one instant
        std::string json;
    };

    Response paged(std::vector<Element> elements, const Form& form, Timestamp now,
                   std::optional<AccountId> account) const;
    void add_log(AccountId account, LogEntry entry);

    Desk& desk_;
};

}  // namespace plumb::exchange::kraken
