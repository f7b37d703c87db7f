"""Makes the .safetensors files beside this one with PyTorch, without the safetensors package: from the format's description alone.

Run as `python3 safetensors.py`; with a path, prints what a file holds instead, as PyTorch sees it. Needs torch and numpy.
"""
import json
import struct
import sys

import numpy
import torch

# Widest first, as the reference implementation orders its data.
NAMES = {
    torch.int64: "I64", torch.float64: "F64", torch.float32: "F32", torch.int32: "I32", torch.bfloat16: "BF16",
    torch.float16: "F16", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL",
}


def to_bytes(tensor):
    tensor = tensor.detach().contiguous()
    return (tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor).numpy().tobytes()


def from_bytes(data, dtype, shape):
    transport = torch.int16 if dtype == torch.bfloat16 else dtype
    flat = torch.from_numpy(numpy.frombuffer(data, torch.empty(0, dtype=transport).numpy().dtype).copy())
    return (flat.view(torch.bfloat16) if dtype == torch.bfloat16 else flat).reshape(shape)


def save(path, tensors, metadata=None):
    header, data = ({"__metadata__": metadata} if metadata else {}), b""
    order = list(NAMES)
    for name in sorted(tensors, key=lambda name: (order.index(tensors[name].dtype), name.encode())):
        tensor, begin = tensors[name], len(data)
        data += to_bytes(tensor)
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [begin, len(data)]}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def load(path):
    with open(path, "rb") as file:
        content = file.read()
    (size,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8:8 + size].decode()), content[8 + size:]
    metadata, dtypes = header.pop("__metadata__", {}), {name: dtype for dtype, name in NAMES.items()}
    due = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        assert begin == due <= end, f"{name}: a hole or an overlap at {due}"
        due = end
    assert due == len(data), "not all of the data belongs to a tensor"
    return {name: from_bytes(data[slice(*entry["data_offsets"])], dtypes[entry["dtype"]], entry["shape"]) for name, entry in header.items()}, metadata


def special(dtype):
    """Numbers at the edges of a dtype, as a transposed (3, 2)."""
    if dtype == torch.bool:
        numbers = [True, False, False, True, True, False]
    elif dtype.is_floating_point:
        limits = torch.finfo(dtype)
        numbers = [float("nan"), float("inf"), -float("inf"), -0.0, limits.max, limits.tiny]
    else:
        limits = torch.iinfo(dtype)
        numbers = [limits.min, limits.max, 0, 1, 2, 3]
    return torch.tensor(numbers, dtype=dtype).reshape(2, 3).t()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        tensors, metadata = load(sys.argv[1])
        print(metadata)
        for name, tensor in tensors.items():
            print(name, tensor.dtype, tensor, sep="\n  ")
        sys.exit()
    torch.manual_seed(20)
    attention = torch.nn.MultiheadAttention(8, 2, batch_first=False)
    with torch.no_grad():
        for parameter in attention.parameters():
            parameter.normal_(std=0.5)
    save("multihead.safetensors", attention.state_dict(), {"format": "pt"})
    query, key, value = torch.randn(5, 3, 8), torch.randn(7, 3, 8), torch.randn(7, 3, 8)
    context, weights = attention(query, key, value)
    save("multihead-call.safetensors", {"query": query, "key": key, "value": value, "context": context, "weights": weights})
    every = {str(dtype): special(dtype) for dtype in NAMES}
    every |= {"one number": torch.tensor(3.5), "no number": torch.zeros(3, 0, 5), 'ein "Schlüssel"\n\\ 注意 🙂': torch.arange(2)}
    save("dtypes.safetensors", every, {"format": "pt", "größe": "x\ty"})
