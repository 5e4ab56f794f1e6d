#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/protocol/protocol.hpp"
#include "signing/signing.hpp"

namespace plumb::exchange::coinbase {

/// The venue's keys, and the JSON Web Tokens they sign.
class Keyring {
 public:
    explicit Keyring(std::span<const ApiAccess> access);

    /// A token as it stands behind "Bearer " or in a subscribe message: ES256 or EdDSA as the key is; kid and
    /// sub are the key's name; iss "cdp" or "coinbase-cloud"; nbf <= now < exp, at most 120 s apart; a nonce.
    /// `uri`: what uri or one of uris must say, "GET api.coinbase.com/api/v3/brokerage/accounts", with or
    /// without the scheme before the host, and the host that was called may stand for the venue's; empty for
    /// WebSockets, whose tokens have none. Null for what is not valid.
    const ApiAccess* verify(std::string_view token, std::string_view method, std::string_view host,
                            std::string_view path, Timestamp now) const;

    static constexpr std::size_t kTokenMax = 8'192;

 private:
    struct Key {
        ApiAccess access;
        signing::PrivateKey key;
    };
    std::vector<Key> keys_;
};

/// A key name and an EC key in PEM, from the seed alone.
Result<ApiAccess> make_access(AccountId account, std::uint64_t seed);

}  // namespace plumb::exchange::coinbase
