#include "venues/coinbase/sign.hpp"

#include <fmt/format.h>

namespace plumb::venues::coinbase {

Result<TokenMaker> TokenMaker::make(const wire::Credentials& credentials) {
    if (credentials.empty())
        return fail(
            Errc::denied,
            "Coinbase wants a key for this: put the name of a CDP key into key_id and its private key into "
            "secret");
    for (const char c : credentials.key_id) {
        // The name goes into JSON as it is.
        const bool good = ' ' < c && c != '"' && c != '\\' && c < '\x7f';
        if (!good)
            return fail(Errc::parse, "expected the name of a CDP key such as organizations/.../apiKeys/...");
    }
    if (credentials.key_id.empty() || 256 < credentials.key_id.size())
        return fail(Errc::parse, "expected the name of a CDP key such as organizations/.../apiKeys/...");
    Result<signing::PrivateKey> key = signing::PrivateKey::parse(credentials.secret);
    if (!key) return fail(key.error().at("the private key of Coinbase"));
    if (key->kind() == signing::PrivateKey::Kind::rsa)
        return fail(Errc::unsupported, "Coinbase takes P-256 and Ed25519 keys, and this one is RSA");
    return TokenMaker{credentials.key_id, std::move(*key)};
}

std::string TokenMaker::token(Timestamp now, const std::optional<std::string>& uri) {
    const auto digest = signing::sha256(fmt::format("{}|{}|{}", name_, to_ns(now), ++counter_));
    return token(now, uri, signing::hex(signing::Bytes{digest}.first(16)));
}

std::string TokenMaker::token(Timestamp now, const std::optional<std::string>& uri,
                              std::string_view nonce) const {
    const bool ed25519 = key_.kind() == signing::PrivateKey::Kind::ed25519;
    const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    const std::string header = fmt::format(R"({{"alg":"{}","typ":"JWT","kid":"{}","nonce":"{}"}})",
                                           ed25519 ? "EdDSA" : "ES256", name_, nonce);
    std::string claims =
        fmt::format(R"({{"sub":"{}","iss":"cdp","nbf":{},"exp":{})", name_, seconds, seconds + kTokenLife);
    if (uri) claims += fmt::format(R"(,"uri":"{}")", *uri);
    claims += '}';
    std::string token = signing::base64url(signing::bytes_of(header));
    token += '.';
    token += signing::base64url(signing::bytes_of(claims));
    const std::string signature = key_.sign(token);
    token += '.';
    token += signing::base64url(signing::bytes_of(signature));
    return token;
}

}  // namespace plumb::venues::coinbase
