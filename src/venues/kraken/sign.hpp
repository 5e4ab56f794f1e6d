#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace plumb::venues::kraken {

/// The API secret, ready to sign with.
class SigningKey {
 public:
    /// Errc::parse when the secret is not base64; says nothing of what it is.
    static Result<SigningKey> parse(const Secret& secret);

    /// Authent of a REST request: base64(HMAC-SHA512(key, SHA256(post_data + nonce + path))).
    /// @param post_data  query and body exactly as sent, percent-encoding included: since 2024-02-20 the
    /// venue
    ///                   signs what is on the wire, before that it signed the decoded text
    /// @param nonce      as in the header Nonce; empty where none is sent
    /// @param path       without "/derivatives"; those of history and charts whole
    std::string authent(std::string_view post_data, std::string_view nonce, std::string_view path) const;
    /// The answer to a challenge of the WebSocket.
    std::string signed_challenge(std::string_view challenge) const;

 private:
    explicit SigningKey(Secret bytes) : bytes_{std::move(bytes)} {}
    std::string sign(const std::string& text) const;

    Secret bytes_;
};

}  // namespace plumb::venues::kraken
