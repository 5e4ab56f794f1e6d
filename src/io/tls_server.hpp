#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"

struct ssl_ctx_st;

namespace plumb::io {

/// A server's certificate, with those that lead to its root if there are any, and its key: both PEM text.
struct CertificateAndKey {
    std::string certificate;
    std::string key;
};

/// What a server of ours shows to those who connect: TLS 1.2 or newer, with this certificate. It asks for
/// none of theirs. One for all connections; it outlives them.
class TlsServerContext {
 public:
    /// Errc::parse when one of the two is no PEM of its kind or the key is not the certificate's.
    static Result<TlsServerContext> make(const CertificateAndKey& pem);

    TlsServerContext(TlsServerContext&&) noexcept;
    TlsServerContext& operator=(TlsServerContext&&) noexcept;
    ~TlsServerContext();

    /// For tls.cpp.
    ssl_ctx_st* native() const;

 private:
    struct Impl;
    explicit TlsServerContext(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// A new certificate that this machine signs for itself: for localhost, 127.0.0.1 and ::1, valid from a day
/// before `now` for kSelfSignedDays, on a new key (P-256). A client trusts it by taking its PEM as a root: it
/// is its own issuer. Random: each call makes another.
CertificateAndKey generate_certificate(Timestamp now);
constexpr int kSelfSignedDays = 825;  // the longest that browsers accept of a private root

}  // namespace plumb::io
