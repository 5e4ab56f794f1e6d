#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"

struct ssl_ctx_st;

namespace plumb::io {

struct TlsOptions {
    std::filesystem::path
        extra_ca_file;  // PEM; trusted beside the system's roots (a test's or a company's own CA)
};

/// What we demand of every server: TLS 1.2 or newer, a certificate for servers that leads to a trusted root,
/// is valid now and names the host (or number) asked for. There is no switch to demand less (X05). One for
/// all connections; it outlives them.
class TlsContext {
 public:
    /// Errc::not_found or Errc::parse when the extra file cannot be read as certificates.
    static Result<TlsContext> make(const TlsOptions& options = {});

    TlsContext(TlsContext&&) noexcept;
    TlsContext& operator=(TlsContext&&) noexcept;
    ~TlsContext();

 private:
    friend class TlsStream;
    struct Impl;
    explicit TlsContext(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

class TlsServerContext;

/// TLS over a connected, non-blocking socket that somebody else owns. Never waits: says what to wait for.
class TlsStream {
 public:
    enum class Step : unsigned char { done, want_read, want_write, ended, failed };

    /// Our side is the client's: `host` is put into the handshake and demanded of the certificate.
    TlsStream(const TlsContext& context, int socket, const std::string& host);
    /// Our side is the server's, to whom anybody may come.
    TlsStream(const TlsServerContext& context, int socket);
    ~TlsStream();
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;

    /// To be called again after what it wants, until done or failed; failure() then says why in words.
    Step handshake();
    /// done: `got` > 0 bytes are in `to`. ended: the peer said so in TLS; an end it did not announce is a
    /// failure.
    Step read(char* to, std::size_t size, std::size_t& got);
    /// done: `sent` > 0 bytes were taken.
    Step write(const char* from, std::size_t size, std::size_t& sent);
    /// Announces the end to the peer if the socket takes it now.
    void announce_end();

    const std::string& failure() const { return failure_; }
    /// Bytes that the operating system took from us since the socket was connected, of whatever kind.
    std::uint64_t bytes_sent() const;

 private:
    struct Impl;
    void attach(ssl_ctx_st* context, int socket, std::size_t read_ahead_bytes);
    Step step_after(int result);
    std::unique_ptr<Impl> impl_;
    std::string failure_;
};

}  // namespace plumb::io
