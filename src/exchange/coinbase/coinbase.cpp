#include "exchange/coinbase/coinbase.hpp"

#include "exchange/coinbase/router.hpp"

namespace plumb::exchange::coinbase {

namespace {

AccountSpec make_account(std::string_view name, Decimal cash) {
    AccountSpec account;
    account.name = name;
    account.deposits.emplace_back("USD", cash);
    return account;
}

std::unique_ptr<Protocol> make_protocol(const ProtocolContext& context) {
    return std::make_unique<Router>(context);
}

}  // namespace

const VenueEntry& entry() {
    static const VenueEntry venue{
        .name = "coinbase",
        .model = {.id_rule = IdRule::unique_forever, .replace_rule = ReplaceRule::in_place},
        .markets = &list_markets,
        .account = &make_account,
        .make_access = &make_access,
        .make_protocol = &make_protocol,
    };
    return venue;
}

}  // namespace plumb::exchange::coinbase
