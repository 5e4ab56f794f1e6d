#include "exchange/kraken/authent.hpp"

#include <charconv>

#include "base/rng.hpp"
#include "exchange/protocol/form.hpp"
#include "signing/signing.hpp"

namespace plumb::exchange::kraken {

namespace {

std::string_view as_text(std::span<const unsigned char> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string random_base64(Rng& rng, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += static_cast<char>(rng.next() >> 56);
    return signing::base64(signing::bytes_of(text));
}

}  // namespace

std::string_view signed_path(std::string_view path) {
    constexpr std::string_view kPrefix = "/derivatives";
    return path.starts_with(kPrefix) ? path.substr(kPrefix.size()) : path;
}

std::string authent_of(std::string_view secret, std::string_view post_data, std::string_view nonce,
                       std::string_view path) {
    std::string message{post_data};
    message += nonce;
    message += path;
    const auto digest = signing::sha256(message);
    return signing::base64(signing::hmac_sha512(secret, as_text(digest)));
}

Keyring::Keyring(std::span<const ApiAccess> access) {
    for (const ApiAccess& one : access) {
        const Result<std::string> secret = signing::from_base64(one.secret);
        keys_.push_back(Key{one, secret ? *secret : std::string{}, {}});
    }
}

const ApiAccess* Keyring::find(std::string_view key, Timestamp now) const {
    for (const Key& one : keys_) {
        if (one.access.key == key && (!one.access.expires_at || now < *one.access.expires_at)) {
            return &one.access;
        }
    }
    return nullptr;
}

Keyring::Verdict Keyring::verify(const Request& request, Timestamp now) {
    const std::string* name = request.header("APIKey");
    const std::string* authent = request.header("Authent");
    if (name == nullptr || authent == nullptr || find(*name, now) == nullptr) return {};
    Key* key = nullptr;
    for (Key& one : keys_) {
        if (one.access.key == *name) key = &one;
    }
    const std::string* header = request.header("Nonce");
    const std::string_view nonce = header == nullptr ? std::string_view{} : std::string_view{*header};
    const std::string_view path = signed_path(request.path());
    std::string post_data{request.query()};
    post_data += request.body;
    if (authent_of(key->secret, post_data, nonce, path) != *authent &&
        authent_of(key->secret, url_decoded(post_data), nonce, path) != *authent) {
        return {};
    }
    const Authent used = nonce.empty() ? Authent::valid : use_nonce(*key, nonce);
    return {used, used == Authent::valid ? &key->access : nullptr};
}

Authent Keyring::use_nonce(Key& key, std::string_view text) {
    std::uint64_t nonce = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), nonce);
    if (error != std::errc{} || end != text.data() + text.size()) return Authent::invalid;
    if (key.nonces.contains(nonce)) return Authent::nonce_duplicate;
    if (key.nonces.size() == kNoncesKept) {
        if (nonce < *key.nonces.begin()) return Authent::nonce_below_threshold;
        key.nonces.erase(key.nonces.begin());
    }
    key.nonces.insert(nonce);
    return Authent::valid;
}

bool Keyring::is_signed(const ApiAccess& access, std::string_view challenge,
                        std::string_view signed_challenge) const {
    for (const Key& one : keys_) {
        if (one.access.key != access.key) continue;
        const auto digest = signing::sha256(challenge);
        return signing::base64(signing::hmac_sha512(one.secret, as_text(digest))) == signed_challenge;
    }
    return false;
}

Result<ApiAccess> make_access(AccountId account, std::uint64_t seed) {
    Rng rng = Rng{seed}.fork(0x4b52'414b'0000'0000 + account.value);
    ApiAccess access;
    access.account = account;
    access.key = random_base64(rng, 42);
    access.secret = random_base64(rng, 64);
    return access;
}

}  // namespace plumb::exchange::kraken
