#include "exchange/kraken/kraken.hpp"

#include "exchange/kraken/router.hpp"

namespace plumb::exchange::kraken {

namespace {

AccountSpec make_account(std::string_view name, Decimal cash) {
    AccountSpec account;
    account.name = name;
    account.may_short = true;
    account.leverage = Decimal{50};
    account.self_trade = SelfTrade::cancel_taker;
    account.deposits.emplace_back("USD", cash);
    return account;
}

std::unique_ptr<Protocol> make_protocol(const ProtocolContext& context) {
    return std::make_unique<Router>(context);
}

}  // namespace

const VenueEntry& entry() {
    static const VenueEntry venue{
        .name = "kraken-futures",
        .model = {.id_rule = IdRule::unique_forever, .replace_rule = ReplaceRule::in_place},
        .markets = &list_markets,
        .account = &make_account,
        .make_access = &make_access,
        .make_protocol = &make_protocol,
    };
    return venue;
}

}  // namespace plumb::exchange::kraken
