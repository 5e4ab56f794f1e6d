#include "exchange/coinbase/token.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/rng.hpp"
#include "exchange/protocol/uuid_series.hpp"
#include "signing/ec_pem.hpp"

namespace plumb::exchange::coinbase {

namespace {

constexpr std::int64_t kLifeMax = 120;  // seconds
constexpr std::string_view kVenueHost = "api.coinbase.com";

std::string text_of(const nlohmann::json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string standard{text};
    std::ranges::replace(standard, '-', '+');
    std::ranges::replace(standard, '_', '/');
    const Result<std::string> bytes = signing::from_base64(standard);
    return bytes ? std::optional{*bytes} : std::nullopt;
}

/// A part of a token that is a JSON object; null otherwise.
nlohmann::json object_of(std::string_view part) {
    const auto text = from_base64url(part);
    if (!text) return nullptr;
    nlohmann::json object = nlohmann::json::parse(*text, nullptr, false);
    return object.is_object() ? object : nlohmann::json(nullptr);
}

std::optional<std::int64_t> seconds_of(const nlohmann::json& claims, const char* name) {
    const auto found = claims.find(name);
    if (found == claims.end() || !found->is_number_integer()) return std::nullopt;
    const auto value = found->get<std::int64_t>();
    return 0 <= value && value < 100'000'000'000 ? std::optional{value} : std::nullopt;
}

bool is_uri(std::string_view uri, std::string_view method, std::string_view host, std::string_view path) {
    if (!uri.starts_with(method) || uri.size() <= method.size() || uri[method.size()] != ' ') return false;
    uri.remove_prefix(method.size() + 1);
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (uri.starts_with(scheme)) uri.remove_prefix(scheme.size());
    }
    for (const std::string_view accepted : {host, kVenueHost}) {
        if (!accepted.empty() && uri.starts_with(accepted) && uri.substr(accepted.size()) == path)
            return true;
    }
    return false;
}

bool allows(const nlohmann::json& claims, std::string_view method, std::string_view host,
            std::string_view path) {
    if (is_uri(text_of(claims, "uri"), method, host, path)) return true;
    const auto uris = claims.find("uris");
    if (uris == claims.end() || !uris->is_array()) return false;
    return std::ranges::any_of(*uris, [&](const nlohmann::json& uri) {
        return uri.is_string() && is_uri(uri.get_ref<const std::string&>(), method, host, path);
    });
}

}  // namespace

Keyring::Keyring(std::span<const ApiAccess> access) {
    for (const ApiAccess& one : access) {
        Result<signing::PrivateKey> key = signing::PrivateKey::parse(Secret{one.secret});
        if (key) keys_.push_back(Key{one, std::move(*key)});
    }
}

const ApiAccess* Keyring::verify(std::string_view token, std::string_view method, std::string_view host,
                                 std::string_view path, Timestamp now) const {
    if (kTokenMax < token.size()) return nullptr;
    const std::size_t first = token.find('.');
    const std::size_t last = token.rfind('.');
    if (first == std::string_view::npos || first == last) return nullptr;
    const nlohmann::json header = object_of(token.substr(0, first));
    const nlohmann::json claims = object_of(token.substr(first + 1, last - first - 1));
    const auto signature = from_base64url(token.substr(last + 1));
    if (header.is_null() || claims.is_null() || !signature || signature->size() != 64) return nullptr;
    const std::string name = text_of(header, "kid");
    const auto key = std::ranges::find_if(keys_, [&](const Key& one) { return one.access.key == name; });
    if (key == keys_.end() || (key->access.expires_at && *key->access.expires_at <= now)) return nullptr;
    const bool is_ed25519 = key->key.kind() == signing::PrivateKey::Kind::ed25519;
    if (text_of(header, "alg") != (is_ed25519 ? "EdDSA" : "ES256")) return nullptr;
    if (text_of(header, "nonce").empty() || text_of(claims, "sub") != name) return nullptr;
    const std::string issuer = text_of(claims, "iss");
    if (issuer != "cdp" && issuer != "coinbase-cloud") return nullptr;
    const auto not_before = seconds_of(claims, "nbf");
    const auto expires = seconds_of(claims, "exp");
    if (!not_before || !expires || kLifeMax < *expires - *not_before) return nullptr;
    const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
    if (seconds < *not_before || *expires <= seconds) return nullptr;
    if (!path.empty() && !allows(claims, method, host, path)) return nullptr;
    return key->key.verify(token.substr(0, last), *signature) ? &key->access : nullptr;
}

Result<ApiAccess> make_access(AccountId account, std::uint64_t seed) {
    Rng rng = Rng{seed}.fork(0x434f'494e'0000'0000 + account.value);
    const UuidSeries names{rng.next(), 1};
    ApiAccess access;
    access.account = account;
    access.key = "organizations/" + names.text(1) + "/apiKeys/" + names.text(2);
    std::string number;
    // The order of the curve begins with 32 set bits, so a first byte below it makes any number one.
    number += static_cast<char>(rng.below(0x7f) + 1);
    while (number.size() < 32) number += static_cast<char>(rng.next() >> 56);
    Result<std::string> pem = signing::p256_pem(number);
    if (!pem) return fail(std::move(pem).error());
    access.secret = std::move(*pem);
    return access;
}

}  // namespace plumb::exchange::coinbase
