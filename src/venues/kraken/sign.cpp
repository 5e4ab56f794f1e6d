#include "venues/kraken/sign.hpp"

#include "signing/signing.hpp"

namespace plumb::venues::kraken {

Result<SigningKey> SigningKey::parse(const Secret& secret) {
    Result<std::string> bytes = signing::from_base64(secret.reveal());
    if (!bytes || bytes->empty())
        return fail(Errc::parse, "the Kraken Futures API secret is not base64: copy the private key whole");
    SigningKey key{Secret{*bytes}};
    Secret::wipe(bytes->data(), bytes->size());
    return key;
}

std::string SigningKey::sign(const std::string& text) const {
    const auto digest = signing::sha256(text);
    const std::string_view inner{reinterpret_cast<const char*>(digest.data()), digest.size()};
    return signing::base64(signing::hmac_sha512(bytes_.reveal(), inner));
}

std::string SigningKey::authent(std::string_view post_data, std::string_view nonce,
                                std::string_view path) const {
    std::string text{post_data};
    text += nonce;
    text += path;
    return sign(text);
}

std::string SigningKey::signed_challenge(std::string_view challenge) const {
    return sign(std::string{challenge});
}

}  // namespace plumb::venues::kraken
