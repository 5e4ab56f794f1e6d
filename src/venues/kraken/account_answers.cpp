#include "venues/kraken/answers.hpp"
#include "venues/kraken/rest_body.hpp"
#include "venues/kraken/symbols.hpp"

namespace plumb::venues::kraken {
namespace {

using wire::Verdict;

namespace word {
// clang-format off
enum : std::size_t {
    accounts = envelope_key::count, flex, currencies, quantity, available, margin_equity, available_margin,
    initial_margin_with_orders, open_positions, side, symbol, price, size, status, trigger_time, permissions,
    general, transfer, account_uid, balances, count
};
constexpr wire::KeyTable<word::count> kWords{{
    "result", "error", "errors", "serverTime", "message", "code",
    "accounts", "flex", "currencies", "quantity", "available", "marginEquity", "availableMargin",
    "initialMarginWithOrders", "openPositions", "side", "symbol", "price", "size", "status", "triggerTime",
    "permissions", "general", "transfer", "accountUid", "balances"}};
// clang-format on
static_assert(kWords.name(open_positions) == "openPositions" && kWords.name(balances) == "balances");
}  // namespace word

using Body = RestBody<word::count>;
using Value = Body::Value;

class AccountAnswer {
 public:
    explicit AccountAnswer(Answer& answer) : answer_{answer} {}

    bool read(std::string& why);

 private:
    bool nested(std::size_t which, Value value);
    bool read_flex(Value value);
    bool read_position(Value value);
    bool tell_permissions(std::string& why);

    bool refuse(const wire::Refused& refused) { return body_.frame().refuse(refused); }

    Answer& answer_;
    Body body_{word::kWords};
    bool has_accounts_ = false, has_positions_ = false, has_status_ = false, has_permissions_ = false;
    wire::AccountFacts facts_;
    bool has_flex_ = false;
    wire::Members permissions_;
    std::vector<wire::Balance> balances_;
    std::vector<wire::VenuePosition> positions_;
};

bool AccountAnswer::nested(std::size_t which, Value value) {
    switch (which) {
        case word::accounts: {
            has_accounts_ = true;
            wire::Members members;
            return body_.object_of(value, members, [this](std::size_t account, Value inner) {
                return account != word::flex || read_flex(inner);
            });
        }
        case word::open_positions:
            has_positions_ = true;
            return body_.array_of(value, [this](Value row) { return read_position(row); });
        case word::status: {
            has_status_ = true;
            wire::Members members;
            if (!body_.object_of(value, members)) return false;
            Body::Reader read = body_.reader(members);
            read.text(word::trigger_time);
            return read.ok() || refuse(read.refused());
        }
        case word::permissions: has_permissions_ = true; return body_.object_of(value, permissions_);
        default: return true;
    }
}

/// The wallet of the linear contracts.
bool AccountAnswer::read_flex(Value value) {
    has_flex_ = true;
    wire::Members members;
    const auto currency = [this](std::string_view name, Value inner) {
        wire::Members row;
        if (!body_.object_of(inner, row)) return false;
        Body::Reader read = body_.reader(row);
        wire::Balance balance{asset_of(name), read.decimal(word::quantity), read.decimal(word::available),
                              answer_.received_at};
        if (!read.ok()) return refuse(read.refused());
        if (balance.asset.empty()) return refuse({"expected the name of a currency", {}, 0});
        balances_.push_back(balance);
        return true;
    };
    const auto nested = [&](std::size_t which, Value inner) {
        if (which != word::currencies) return true;
        Body::Object currencies;
        if (const auto error = inner.get_object().get(currencies); error != simdjson::SUCCESS)
            return body_.frame().refuse(error);
        return body_.frame().read_all(currencies, currency);
    };
    if (!body_.object_of(value, members, nested)) return false;
    Body::Reader read = body_.reader(members);
    facts_.equity = read.decimal(word::margin_equity);
    facts_.buying_power = read.decimal(word::available_margin);
    facts_.margin_used = read.decimal(word::initial_margin_with_orders);
    return read.ok() || refuse(read.refused());
}

bool AccountAnswer::read_position(Value value) {
    wire::Members members;
    if (!body_.object_of(value, members)) return false;
    Body::Reader read = body_.reader(members);
    wire::VenuePosition position;
    const std::string_view symbol = read.text(word::symbol);
    position.symbol = symbol_text(symbol);
    position.instrument = find_symbol(answer_.context.symbols, symbol);
    const std::string_view side = read.text(word::side);
    if (side != "long" && side != "short") read.refuse("expected long or short", word::side);
    const Quantity size = read.quantity_or_zero(word::size);
    position.quantity = side == "short" ? -size : size;
    position.available = position.quantity;  // open orders hold no position here
    position.entry = read.price_or_zero(word::price);
    position.received_at = answer_.received_at;
    positions_.push_back(position);
    return read.ok() || refuse(read.refused());
}

bool AccountAnswer::tell_permissions(std::string& why) {
    Body::Reader read = body_.reader(permissions_);
    const std::string_view general = read.text(word::general), transfer = read.text(word::transfer);
    if (!read.ok()) return why = "permissions without general or transfer", false;
    const auto known = [](std::string_view level) {
        return level == "NO_ACCESS" || level == "READ_ONLY" || level == "FULL_ACCESS";
    };
    if (!known(general) || !known(transfer)) return why = "a level of access that is not known", false;
    facts_.may_trade = general == "FULL_ACCESS";
    facts_.may_withdraw = transfer == "FULL_ACCESS";
    facts_.may_short = true;
    Body::Reader top = body_.top();
    if (top.says(word::account_uid)) {
        const std::string_view account = top.text(word::account_uid);
        if (FixedText<40>::fits(account)) facts_.account = account;
    }
    if (general == "NO_ACCESS") facts_.trouble = std::string_view{"the key may not use the futures API"};
    answer_.events.emplace_back(facts_);
    return true;
}

bool AccountAnswer::read(std::string& why) {
    const auto rows = [this](std::size_t which, Value value) { return nested(which, value); };
    if (!body_.read(answer_.response.body, rows)) return why = body_.why(), false;
    const bool permissions = std::holds_alternative<wire::AskPermissions>(answer_.question);
    facts_.received_at = answer_.received_at;
    facts_.currency = std::string_view{"USD"};
    answer_.reply.verdict = Verdict::ok;
    if (body_.envelope().error) {
        answer_.is_error = true;
        answer_.reply = verdict_of_error(answer_.question, answer_.response.status, body_.envelope());
        // The key's own service says 401 and words of its own.
        if (permissions && answer_.response.status == 401) {
            answer_.reply.verdict = Verdict::unauthorized;
            answer_.reply.words = "Kraken Futures does not know the key, or its secret is another's";
        }
        return true;
    }
    if (permissions) {
        if (!has_permissions_) return why = "no permissions", false;
        return tell_permissions(why);
    }
    if (!body_.envelope().success) return why = "neither success nor error", false;
    if (std::holds_alternative<wire::AskPositions>(answer_.question)) {
        for (const wire::VenuePosition& position : positions_) answer_.events.emplace_back(position);
        return has_positions_ || (why = "no list of positions", false);
    }
    if (std::holds_alternative<wire::AskCancelAllAfter>(answer_.question))
        return has_status_ || (why = "no status of the switch", false);
    if (!has_accounts_) return why = "no accounts", false;
    if (std::holds_alternative<wire::AskBalances>(answer_.question)) {
        for (const wire::Balance& balance : balances_) answer_.events.emplace_back(balance);
        return true;
    }
    facts_.may_short = true;
    if (!has_flex_)
        facts_.trouble = std::string_view{"no multi-collateral wallet: linear contracts cannot be traded"};
    answer_.events.emplace_back(facts_);
    return true;
}

}  // namespace

bool read_account_answer(Answer& answer, std::string& why) { return AccountAnswer{answer}.read(why); }

}  // namespace plumb::venues::kraken
