#include "io/flat_buffer.hpp"

#include <algorithm>
#include <cstring>

#include "base/check.hpp"

namespace plumb::io {

void FlatBuffer::append(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
    grow(bytes.size());
}

char* FlatBuffer::room(std::size_t count) {
    if (capacity_ - begin_ - size_ >= count && data_) return data_.get() + begin_ + size_;
    if (capacity_ - size_ >= count && data_) {
        std::memmove(data_.get(), data_.get() + begin_, size_);
    } else {
        const std::size_t capacity = std::max({size_ + count, capacity_ * 2, std::size_t{4096}});
        std::unique_ptr<char[]> data{new char[capacity + kPadding]()};
        if (size_ > 0) std::memcpy(data.get(), data_.get() + begin_, size_);
        data_ = std::move(data);
        capacity_ = capacity;
    }
    begin_ = 0;
    return data_.get() + size_;
}

void FlatBuffer::consume(std::size_t count) {
    PLUMB_CHECK(count <= size_);
    begin_ += count;
    size_ -= count;
    if (size_ == 0) begin_ = 0;
}

}  // namespace plumb::io
