#include "io/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/check.hpp"
#include "io/tls_server.hpp"

namespace plumb::io {
namespace {

/// Several records a read: OpenSSL by itself asks the system for five bytes of header, then for the record.
constexpr std::size_t kCipherBytes = std::size_t{64} << 10;
/// A server has many connections, each of which says little: one record is enough.
constexpr std::size_t kServerCipherBytes = std::size_t{17} << 10;

struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};

/// The socket as OpenSSL sees it: reads ahead, and writes without the signal that ends a program.
struct SocketPipe {
    int socket = -1;
    std::uint64_t bytes_sent = 0;
    int error = 0;       // errno of the last failure that was one
    bool ended = false;  // the peer's end of stream was read
    std::size_t begin = 0;
    std::size_t end = 0;
    std::vector<char> buffer;
};

SocketPipe& pipe_of(BIO* bio) { return *static_cast<SocketPipe*>(BIO_get_data(bio)); }

int pipe_write(BIO* bio, const char* bytes, int size) {
    SocketPipe& pipe = pipe_of(bio);
    BIO_clear_retry_flags(bio);
    const ssize_t sent = ::send(pipe.socket, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (0 <= sent) {
        pipe.bytes_sent += static_cast<std::uint64_t>(sent);
        return static_cast<int>(sent);
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
        BIO_set_retry_write(bio);
    } else {
        pipe.error = errno;
    }
    return -1;
}

int pipe_read(BIO* bio, char* to, int size) {
    SocketPipe& pipe = pipe_of(bio);
    BIO_clear_retry_flags(bio);
    if (pipe.begin == pipe.end) {
        const ssize_t got = ::recv(pipe.socket, pipe.buffer.data(), pipe.buffer.size(), 0);
        if (got == 0) {
            pipe.ended = true;
            return 0;
        }
        if (got < 0) {
            if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
                BIO_set_retry_read(bio);
            } else {
                pipe.error = errno;
            }
            return -1;
        }
        pipe.begin = 0;
        pipe.end = static_cast<std::size_t>(got);
    }
    const std::size_t count = std::min(static_cast<std::size_t>(size), pipe.end - pipe.begin);
    std::memcpy(to, pipe.buffer.data() + pipe.begin, count);
    pipe.begin += count;
    return static_cast<int>(count);
}

long pipe_control(BIO* bio, int command, long, void*) {
    switch (command) {
        case BIO_CTRL_FLUSH: return 1;
        case BIO_CTRL_EOF: return pipe_of(bio).ended ? 1 : 0;
        default: return 0;
    }
}

struct FreeMethod {
    void operator()(BIO_METHOD* method) const { BIO_meth_free(method); }
};

BIO_METHOD* pipe_method() {
    static const std::unique_ptr<BIO_METHOD, FreeMethod> method = [] {
        std::unique_ptr<BIO_METHOD, FreeMethod> made{
            BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "plumb socket")};
        PLUMB_CHECK(made);
        BIO_meth_set_write(made.get(), &pipe_write);
        BIO_meth_set_read(made.get(), &pipe_read);
        BIO_meth_set_ctrl(made.get(), &pipe_control);
        return made;
    }();
    return method.get();
}

bool is_number(const std::string& host) {
    unsigned char address[sizeof(in6_addr)];
    return inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
}

std::string last_reason() {
    const unsigned long code = ERR_peek_last_error();
    const char* reason = code ? ERR_reason_error_string(code) : nullptr;
    return reason ? reason : "an unknown TLS error";
}

/// The name asked for is put into the handshake and demanded of the certificate; a number is only demanded.
void demand_host(SSL* ssl, const std::string& host) {
    X509_VERIFY_PARAM* demands = SSL_get0_param(ssl);
    if (is_number(host)) {
        PLUMB_CHECK(X509_VERIFY_PARAM_set1_ip_asc(demands, host.c_str()) == 1);
        return;
    }
    X509_VERIFY_PARAM_set_hostflags(demands, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    PLUMB_CHECK(X509_VERIFY_PARAM_set1_host(demands, host.c_str(), host.size()) == 1);
    PLUMB_CHECK(SSL_set_tlsext_host_name(ssl, host.c_str()) == 1);
}

}  // namespace

struct TlsContext::Impl {
    std::unique_ptr<SSL_CTX, FreeContext> context;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} {}
TlsContext::TlsContext(TlsContext&&) noexcept = default;
TlsContext& TlsContext::operator=(TlsContext&&) noexcept = default;
TlsContext::~TlsContext() = default;

Result<TlsContext> TlsContext::make(const TlsOptions& options) {
    auto impl = std::make_unique<Impl>();
    impl->context.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX* context = impl->context.get();
    PLUMB_CHECK(context != nullptr);
    PLUMB_CHECK(SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    constexpr unsigned char kProtocols[] = "\x08http/1.1";
    SSL_CTX_set_alpn_protos(context, kProtocols, sizeof kProtocols - 1);
    SSL_CTX_set_default_verify_paths(context);  // a machine without roots trusts nobody, which is safe
    ERR_clear_error();
    if (!options.extra_ca_file.empty()) {
        const std::string path = options.extra_ca_file.string();
        std::error_code error;
        if (!std::filesystem::is_regular_file(options.extra_ca_file, error))
            return fail(Errc::not_found, path + ": expected a file of PEM certificates to trust");
        if (SSL_CTX_load_verify_file(context, path.c_str()) != 1) {
            const std::string reason = last_reason();
            ERR_clear_error();
            return fail(Errc::parse, path + ": expected PEM certificates to trust: " + reason);
        }
    }
    return TlsContext{std::move(impl)};
}

struct TlsStream::Impl {
    SocketPipe pipe;
    std::unique_ptr<SSL, FreeSsl> ssl;
    bool is_server = false;
};

TlsStream::TlsStream(const TlsContext& context, int socket, const std::string& host)
    : impl_{std::make_unique<Impl>()} {
    attach(context.impl_->context.get(), socket, kCipherBytes);
    demand_host(impl_->ssl.get(), host);
    SSL_set_connect_state(impl_->ssl.get());
}

TlsStream::TlsStream(const TlsServerContext& context, int socket) : impl_{std::make_unique<Impl>()} {
    attach(context.native(), socket, kServerCipherBytes);
    impl_->is_server = true;
    SSL_set_accept_state(impl_->ssl.get());
}

void TlsStream::attach(ssl_ctx_st* context, int socket, std::size_t read_ahead_bytes) {
    impl_->pipe.socket = socket;
    impl_->pipe.buffer.resize(read_ahead_bytes);
    impl_->ssl.reset(SSL_new(context));
    PLUMB_CHECK(impl_->ssl);
    BIO* bio = BIO_new(pipe_method());
    PLUMB_CHECK(bio != nullptr);
    BIO_set_data(bio, &impl_->pipe);
    BIO_set_init(bio, 1);
    SSL_set_bio(impl_->ssl.get(), bio, bio);
}

TlsStream::~TlsStream() = default;

TlsStream::Step TlsStream::handshake() {
    ERR_clear_error();
    const int result = SSL_do_handshake(impl_->ssl.get());
    if (result != 1) return step_after(result);
    if (impl_->is_server) return Step::done;
    // Verified inside the handshake already; asked once more because nothing after this line asks again.
    if (SSL_get_verify_result(impl_->ssl.get()) == X509_V_OK && SSL_get0_peer_certificate(impl_->ssl.get()))
        return Step::done;
    failure_ = "the server's certificate was not verified";
    return Step::failed;
}

TlsStream::Step TlsStream::read(char* to, std::size_t size, std::size_t& got) {
    ERR_clear_error();
    const int result = SSL_read_ex(impl_->ssl.get(), to, size, &got);
    return result == 1 ? Step::done : step_after(result);
}

TlsStream::Step TlsStream::write(const char* from, std::size_t size, std::size_t& sent) {
    ERR_clear_error();
    const int result = SSL_write_ex(impl_->ssl.get(), from, size, &sent);
    return result == 1 ? Step::done : step_after(result);
}

void TlsStream::announce_end() {
    if (!failure_.empty() || !SSL_is_init_finished(impl_->ssl.get())) return;
    ERR_clear_error();
    SSL_shutdown(impl_->ssl.get());
    ERR_clear_error();
}

std::uint64_t TlsStream::bytes_sent() const { return impl_->pipe.bytes_sent; }

TlsStream::Step TlsStream::step_after(int result) {
    switch (SSL_get_error(impl_->ssl.get(), result)) {
        case SSL_ERROR_WANT_READ: return Step::want_read;
        case SSL_ERROR_WANT_WRITE: return Step::want_write;
        case SSL_ERROR_ZERO_RETURN: return Step::ended;
        default: break;
    }
    const long verified = SSL_get_verify_result(impl_->ssl.get());
    if (verified != X509_V_OK) {
        failure_ = std::string{"the server's certificate is not acceptable: "} +
                   X509_verify_cert_error_string(verified);
    } else if (impl_->pipe.error != 0) {
        failure_ = std::strerror(impl_->pipe.error);
    } else if (impl_->pipe.ended) {
        failure_ = "the peer closed the connection without announcing it";
    } else {
        failure_ = last_reason();
    }
    ERR_clear_error();
    return Step::failed;
}

}  // namespace plumb::io
