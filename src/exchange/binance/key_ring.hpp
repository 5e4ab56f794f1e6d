#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/binance/parameters.hpp"
#include "exchange/binance/venue_error.hpp"
#include "exchange/protocol/api_access.hpp"
#include "signing/signing.hpp"

namespace plumb::exchange::binance {

/// What a request must show of its sender.
enum class Security : unsigned char {
    none,
    api_key,    // the header X-MBX-APIKEY (listen keys, historicalTrades)
    user_data,  // and a signature
    trade,      // and a key that may trade
};

/// The keys of the exchange's accounts and the check of what was signed with them: HMAC-SHA256, Ed25519 and
/// RSA (PKCS 1 v1.5 over SHA-256), by the form of the secret.
class KeyRing {
 public:
    explicit KeyRing(const std::vector<ApiAccess>& access);

    struct Key {
        ApiAccess access;
        std::optional<signing::PrivateKey> pair;  // nothing: a shared secret
    };

    /// -2014 for a text that is no key, -2015 for one that nobody has or that is over.
    Checked<const Key*> find(std::string_view key, Timestamp now) const;
    /// Timestamp and receive window (-1102, -1021, -1131), then the signature over `payload` (-1022).
    static Checked<bool> verify(const Key& key, const Parameters& parameters, std::string_view payload,
                                Timestamp now);
    /// The first half of verify: for requests of a session that has logged on.
    static Checked<bool> check_time(const Parameters& parameters, Timestamp now);

 private:
    std::vector<Key> keys_;
};

/// The query and the body as they were sent, joined with nothing between them, without the signature.
std::string signed_payload(std::string_view query, std::string_view body);
/// The same of a WebSocket request: sorted by name, joined raw, without the signature.
std::string signed_payload(const Parameters& parameters);

}  // namespace plumb::exchange::binance
