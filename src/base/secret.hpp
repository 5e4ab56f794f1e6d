#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace plumb {

/// A key or password that no output can show (X01): it has no operator<<, no conversion, no begin() or end(),
/// so neither streams nor fmt accept it. Whoever signs a request says reveal(), a word that is easy to search
/// for. The bytes are wiped when it goes. Moves, never copies by accident: clone() is spelt out.
class Secret {
 public:
    Secret() = default;
    explicit Secret(std::string_view text)
        : bytes_{std::make_unique<char[]>(text.size())}, size_{text.size()} {
        if (!text.empty()) std::memcpy(bytes_.get(), text.data(), text.size());
    }
    Secret(Secret&& other) noexcept : bytes_{std::move(other.bytes_)}, size_{std::exchange(other.size_, 0)} {}
    Secret& operator=(Secret&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        std::swap(size_, other.size_);
        return *this;
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { wipe(bytes_.get(), size_); }

    Secret clone() const { return Secret{reveal()}; }
    bool empty() const { return size_ == 0; }
    /// The bytes themselves, valid while this lives. For signing and for redaction only.
    std::string_view reveal() const { return {bytes_.get(), size_}; }

    /// Overwrites bytes in a way the optimiser may not drop.
    static void wipe(char* bytes, std::size_t size) {
        volatile char* out = bytes;
        for (std::size_t i = 0; i < size; ++i) out[i] = 0;
    }

    template <class Stream>
    friend Stream& operator<<(Stream&, const Secret&) = delete;
    friend bool operator==(const Secret& a, const Secret& b) { return a.reveal() == b.reveal(); }

 private:
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

}  // namespace plumb
