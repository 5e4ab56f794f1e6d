#pragma once

#include <optional>
#include <string>

#include "signing/signing.hpp"
#include "wire/venue.hpp"

namespace plumb::venues::coinbase {

/// Makes the JSON Web Tokens of a CDP key: ES256 for a P-256 key, EdDSA for an Ed25519 one. A token lives 120
/// seconds and is made afresh for every request and every subscription. It reads no clock and rolls no dice:
/// the nonce is the first half of SHA-256 over the key's name, the time and a counter, so that it is another
/// one each time, after a restart too, and a test can foretell it.
class TokenMaker {
 public:
    static constexpr std::int64_t kTokenLife = 120;  // seconds, of the documents

    /// Errc::denied where there is no key, Errc::parse where its name or text is not one; the words never
    /// show the key.
    static Result<TokenMaker> make(const wire::Credentials& credentials);

    /// For REST `uri` is "GET api.coinbase.com/api/v3/brokerage/accounts": no scheme, no query. Absent for
    /// WebSocket.
    std::string token(Timestamp now, const std::optional<std::string>& uri);
    /// The same with the nonce given (32 hexadecimal digits), for the vectors.
    std::string token(Timestamp now, const std::optional<std::string>& uri, std::string_view nonce) const;

    const signing::PrivateKey& key() const { return key_; }

 private:
    TokenMaker(std::string name, signing::PrivateKey key) : name_{std::move(name)}, key_{std::move(key)} {}

    std::string name_;
    signing::PrivateKey key_;
    std::uint64_t counter_ = 0;
};

}  // namespace plumb::venues::coinbase
