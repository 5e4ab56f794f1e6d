#include "venues/binance/sign.hpp"

namespace plumb::venues::binance {
namespace {

/// What an HTTP header can hold, and nothing that could end it.
bool is_key_id(std::string_view text) {
    for (const char c : text)
        if (c <= ' ' || '~' < c || c == '"' || c == '\\') return false;
    return !text.empty() && text.size() <= 128;
}

}  // namespace

Form& Form::add(std::string_view name, std::string_view value) {
    if (!text_.empty()) text_ += '&';
    text_.append(name).append("=").append(signing::percent_encoded(value));
    return *this;
}

Result<Signer> Signer::make(const wire::Credentials& credentials) {
    if (credentials.key_id.empty() || credentials.secret.empty())
        return fail(Errc::denied, "Binance needs an API key and its secret for this");
    if (!is_key_id(credentials.key_id))
        return fail(Errc::denied, "the API key of Binance has characters that no key has");
    Signer signer;
    signer.key_id_ = credentials.key_id;
    if (credentials.secret.reveal().find("-----BEGIN") == std::string_view::npos) {
        signer.secret_ = credentials.secret.clone();
        return signer;
    }
    Result<signing::PrivateKey> key = signing::PrivateKey::parse(credentials.secret);
    if (!key) return fail(key.error().at("the secret of Binance"));
    if (key->kind() == signing::PrivateKey::Kind::p256)
        return fail(Errc::unsupported, "Binance takes Ed25519, RSA or HMAC keys, found P-256");
    signer.key_ = std::move(*key);
    return signer;
}

std::string Signer::sign(std::string_view text) const {
    if (key_) return signing::base64(signing::bytes_of(key_->sign(text)));
    return signing::hex(signing::hmac_sha256(secret_.reveal(), text));
}

std::string Signer::signed_text(const Form& form) const {
    return form.text() + "&signature=" + signing::percent_encoded(sign(form.text()));
}

}  // namespace plumb::venues::binance
