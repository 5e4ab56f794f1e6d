#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "signing/signing.hpp"
#include "wire/venue.hpp"

namespace plumb::venues::binance {

/// The venue's parameters in the order they are sent, values as they are.
class Form {
 public:
    Form& add(std::string_view name, std::string_view value);
    Form& add(std::string_view name, std::int64_t value) { return add(name, std::to_string(value)); }
    /// "a=1&b=%5B%5D": percent-encoded first, signed and sent as it stands.
    const std::string& text() const { return text_; }

 private:
    std::string text_;
};

/// Signs for one key: HMAC-SHA256 in hex, or Ed25519 or RSA (PKCS 1 v1.5, SHA-256) in base64 where the
/// secret is a private key in PEM.
class Signer {
 public:
    /// Errc::denied where key or secret is missing; errors of signing::PrivateKey::parse; Errc::unsupported
    /// for a kind of key that the venue does not know.
    static Result<Signer> make(const wire::Credentials& credentials);

    std::string sign(std::string_view text) const;
    /// The form with its signature last, encoded again where it is base64.
    std::string signed_text(const Form& form) const;
    const std::string& key_id() const { return key_id_; }
    /// Ed25519 keys may log on to a WebSocket session.
    bool may_log_on() const { return key_ && key_->kind() == signing::PrivateKey::Kind::ed25519; }

 private:
    std::string key_id_;
    Secret secret_;
    std::optional<signing::PrivateKey> key_;
};

}  // namespace plumb::venues::binance
