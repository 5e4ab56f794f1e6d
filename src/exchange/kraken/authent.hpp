#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exchange/protocol/protocol.hpp"

namespace plumb::exchange::kraken {

enum class Authent : unsigned char { valid, invalid, nonce_below_threshold, nonce_duplicate };

/// Keys of the venue and what they signed. `decoded` secrets are bytes, as HMAC wants them.
class Keyring {
 public:
    explicit Keyring(std::span<const ApiAccess> access);

    struct Verdict {
        Authent authent = Authent::invalid;
        const ApiAccess* access = nullptr;  // where valid
    };

    /// base64(HMAC-SHA512(secret, SHA256(postData + nonce + path))), where postData is query and body as
    /// sent, or the same decoded (the rule before 2024-02-20, which old clients still follow), and path
    /// leaves out "/derivatives". A nonce counts once; one below the lowest of the last kNoncesKept is
    /// refused.
    Verdict verify(const Request& request, Timestamp now);

    const ApiAccess* find(std::string_view key, Timestamp now) const;
    /// Whether `signed_challenge` is base64(HMAC-SHA512(secret, SHA256(challenge))).
    bool is_signed(const ApiAccess& access, std::string_view challenge,
                   std::string_view signed_challenge) const;

    static constexpr std::size_t kNoncesKept = 1'000;

 private:
    struct Key {
        ApiAccess access;
        std::string secret;
        std::set<std::uint64_t> nonces;
    };

    Authent use_nonce(Key& key, std::string_view nonce);

    std::vector<Key> keys_;
};

/// The path that is signed: "/derivatives/api/v3/sendorder" gives "/api/v3/sendorder", the others stay.
std::string_view signed_path(std::string_view path);
std::string authent_of(std::string_view secret, std::string_view post_data, std::string_view nonce,
                       std::string_view path);

/// Key and secret in the venue's form, from the seed alone.
Result<ApiAccess> make_access(AccountId account, std::uint64_t seed);

}  // namespace plumb::exchange::kraken
