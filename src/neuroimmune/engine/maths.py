"""The mathematics of the kernel: float32 polynomials, which LLVM vectorises as it does not the functions of libm.

The coefficients interpolate at Chebyshev nodes; tests/test_exact.py bounds their error. Every generated file begins
with this text.
"""

import numba
import numpy as np

kernel = numba.njit(fastmath={"contract"}, error_model="numpy", nogil=True)
# Whatever LLVM thinks of a call (it takes those late in a long loop for rare), a loop that keeps one stays scalar.
inlined = numba.njit(fastmath={"contract"}, error_model="numpy", nogil=True, forceinline=True)
f32 = np.float32
i32 = np.int32


@inlined
def root(x):
    return np.sqrt(x)


@inlined
def exp2(x):
    """2**x: the whole part goes into the exponent's bits, the rest through a polynomial."""
    x = f32(-126) if x < f32(-126) else x  # written so that what is not a number stays so
    x = f32(127) if x > f32(127) else x
    whole = np.floor(x + f32(0.5))
    z = x - whole
    scale = i32((i32(whole) + i32(127)) << i32(23)).view(f32)
    tail = f32(0.009618056938052177) + z * (f32(0.0013333501992747188) + z * f32(0.00015461444854736328))
    return scale * (
        f32(1)
        + z * (f32(0.6931471824645996) + z * (f32(0.24022650718688965) + z * (f32(0.05550410971045494) + z * tail)))
    )


@inlined
def log2(x):
    """log2 of a positive number: its exponent's bits, and a polynomial for the rest, between 2/3 and 4/3."""
    bits = f32(x).view(i32)
    whole = (bits - i32(0x3F2AAAAB)) >> i32(23)
    z = i32(bits - (whole << i32(23))).view(f32) - f32(1)
    tail = f32(-0.23681147396564484) + z * (
        f32(0.2027825117111206) + z * (f32(-0.2220923900604248) + z * f32(0.19834616780281067))
    )
    tail = f32(0.480897456407547) + z * (f32(-0.3607881963253021) + z * (f32(0.28864336013793945) + z * tail))
    return f32(whole) + z * (f32(1.4426950216293335) + z * (f32(-0.7213465571403503) + z * tail))


@inlined
def cosine(turns):
    """Cosine of a number of whole turns."""
    z = turns - np.floor(turns + f32(0.5))
    w = z * z
    tail = f32(60.16743087768555) + w * (f32(-25.96688461303711) + w * f32(6.527706146240234))
    return f32(1) + w * (
        f32(-19.73920440673828) + w * (f32(64.93911743164062) + w * (f32(-85.45011138916016) + w * tail))
    )


@inlined
def exp(x):
    return exp2(x * f32(1.44269504))


@inlined
def log(x):
    return log2(x) * f32(0.69314718) if x > f32(0) else f32(np.nan)


@inlined
def power(x, exponent):
    """x**exponent; nothing of a negative x."""
    return f32(0) if x <= f32(0) else exp2(exponent * log2(x)) + (x - x)  # not a number, if x is none
