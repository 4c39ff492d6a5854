"""Renders a .glb with Blender's Cycles as Leafcutter would: the same camera, light, bounces, filter and threads.

    blender -b --factory-startup --debug-cycles -P render-in-cycles.py -- --scene a.glb --out a.exr [flags]

Adaptive sampling, denoising, clamping and blurred caustics are off, so that the picture is the scene's light and every
pixel has the same number of samples. The last line it prints, after "CYCLES_RESULT ", is JSON: seconds and processor
seconds of the render alone (the scene has been handed over and its BVH built by a first render of one sample).

Made for Blender 3.4 (Debian 12); knows nothing of later versions' light tree but turns it off where there is one.
"""
import argparse
import json
import os
import resource
import struct
import sys
import time

import numpy

# Blender 3.4's importer says numpy.bool, which numpy 1.24 no longer has.
if not hasattr(numpy, "bool"):
    numpy.bool = bool

import bpy  # noqa: E402  (only exists inside Blender)


def arguments():
    text = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else []
    parser = argparse.ArgumentParser(prog="render-in-cycles.py")
    parser.add_argument("--scene", required=True, help="a .glb or .gltf")
    parser.add_argument("--out", required=True, help="the linear 32-bit EXR to write")
    parser.add_argument("--camera", type=int, default=0, help="which of the file's camera nodes, the first is 0")
    parser.add_argument("--size", default="512x512", help="pixels, WxH")
    parser.add_argument("--samples", type=int, default=64, help="a pixel")
    parser.add_argument("--bounces", type=int, default=8, help="path segments after the camera's, as Leafcutter counts")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--environment", help="an equirectangular .exr or .hdr, or linear r,g,b (default: black)")
    parser.add_argument("--strength", type=float, default=1, help="what the environment is multiplied by")
    parser.add_argument("--no-warm-up", action="store_true", help="one render only; the times then include the BVH")
    return parser.parse_args(text)


def gltf_json(path):
    with open(path, "rb") as file:
        data = file.read()
    if data[:4] != b"glTF":
        return json.loads(data)
    length = struct.unpack_from("<I", data, 12)[0]
    return json.loads(data[20 : 20 + length])


def load_scene(path):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=os.path.abspath(path))


def darken_backs():
    """A single-sided glTF material emits from its front only, which the importer leaves to the eye of the beholder."""
    for material in bpy.data.materials:
        if not material.use_backface_culling or not material.use_nodes:
            continue
        tree = material.node_tree
        for shader in [node for node in tree.nodes if node.type in ("BSDF_PRINCIPLED", "EMISSION")]:
            strength = shader.inputs["Emission Strength" if shader.type == "BSDF_PRINCIPLED" else "Strength"]
            colour = shader.inputs["Emission" if shader.type == "BSDF_PRINCIPLED" else "Color"]
            if not colour.is_linked and max(colour.default_value[:3]) == 0:
                continue
            geometry = tree.nodes.new("ShaderNodeNewGeometry")
            front = tree.nodes.new("ShaderNodeMath")
            front.operation = "MULTIPLY_ADD"
            front.inputs[1].default_value = -strength.default_value
            front.inputs[2].default_value = strength.default_value
            tree.links.new(geometry.outputs["Backfacing"], front.inputs[0])
            tree.links.new(front.outputs[0], strength)


def flatten_without_interface(path):
    """An index of refraction of 1 has no interface: what is left of a dielectric is Lambert's surface. The Principled BSDF keeps
    a specular and a rough diffuse part of its own."""
    for definition in gltf_json(path).get("materials", []):
        ior = definition.get("extensions", {}).get("KHR_materials_ior", {}).get("ior", 1.5)
        material = bpy.data.materials.get(definition.get("name", ""))
        if ior != 1 or material is None:
            continue
        tree = material.node_tree
        shader = next(node for node in tree.nodes if node.type == "BSDF_PRINCIPLED")
        emission = shader.inputs["Emission"].default_value[:3]
        flat = tree.nodes.new("ShaderNodeEmission" if max(emission) > 0 else "ShaderNodeBsdfDiffuse")
        if max(emission) > 0:
            flat.inputs["Color"].default_value = (*emission, 1)
            flat.inputs["Strength"].default_value = shader.inputs["Emission Strength"].default_value
        else:
            flat.inputs["Color"].default_value = shader.inputs["Base Color"].default_value
        for link in list(shader.outputs[0].links):
            tree.links.new(flat.outputs[0], link.to_socket)


def empty_volumes():
    """KHR_materials_volume without absorption: the importer still makes a volume of density 0, which Cycles walks through."""
    for material in bpy.data.materials:
        if not material.use_nodes:
            continue
        tree = material.node_tree
        for node in [node for node in tree.nodes if node.type == "VOLUME_ABSORPTION"]:
            density = node.inputs["Density"]
            if not density.is_linked and density.default_value == 0:
                tree.nodes.remove(node)


def choose_camera(path, number, width, height):
    """The importer keeps the field of view for the file's aspect ratio; glTF's is vertical, whatever the picture's."""
    gltf = gltf_json(path)
    nodes = [node for node in gltf["nodes"] if "camera" in node]
    name = nodes[number].get("name", "")
    cameras = [thing for thing in bpy.data.objects if thing.type == "CAMERA"]
    exact = [thing for thing in cameras if thing.name == name]
    camera = (exact or cameras)[0]
    bpy.context.scene.camera = camera
    wanted = gltf["cameras"][nodes[number]["camera"]]
    camera.data.sensor_fit = "VERTICAL"
    if wanted["type"] == "perspective":
        camera.data.angle_y = wanted["perspective"]["yfov"]
    else:
        camera.data.ortho_scale = wanted["orthographic"]["ymag"] * 2


def light_world(environment, strength):
    """Blender's equirectangular mapping is glTF's +Y-up one of Leafcutter after the importer's turn: no rotation."""
    world = bpy.data.worlds.new("World")
    bpy.context.scene.world = world
    world.use_nodes = True
    nodes = world.node_tree.nodes
    background = nodes["Background"]
    background.inputs["Strength"].default_value = strength
    if environment is None:
        background.inputs["Color"].default_value = (0, 0, 0, 1)
    elif environment.count(",") == 2:
        r, g, b = (float(part) for part in environment.split(","))
        background.inputs["Color"].default_value = (r, g, b, 1)
    else:
        texture = nodes.new("ShaderNodeTexEnvironment")
        texture.image = bpy.data.images.load(os.path.abspath(environment))
        texture.image.colorspace_settings.name = "Linear"
        world.node_tree.links.new(texture.outputs["Color"], background.inputs["Color"])


def set_up(args):
    scene = bpy.context.scene
    width, height = (int(side) for side in args.size.lower().split("x"))
    scene.render.engine = "CYCLES"
    scene.render.resolution_x, scene.render.resolution_y = width, height
    scene.render.resolution_percentage = 100
    scene.render.threads_mode, scene.render.threads = "FIXED", args.threads
    scene.render.use_persistent_data = True
    scene.render.film_transparent = False
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.image_settings.color_depth = "32"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.image_settings.exr_codec = "ZIP"
    cycles = scene.cycles
    cycles.device = "CPU"
    cycles.seed = args.seed
    cycles.use_adaptive_sampling = False
    cycles.use_denoising = False
    cycles.time_limit = 0
    cycles.sample_clamp_direct = cycles.sample_clamp_indirect = 0
    cycles.blur_glossy = 0
    cycles.caustics_reflective = cycles.caustics_refractive = True
    # Cycles does not count the last segment, which only finds light.
    bounces = max(args.bounces - 1, 0)
    for kind in ("max", "diffuse", "glossy", "transmission"):
        setattr(cycles, kind + "_bounces", bounces)
    cycles.transparent_max_bounces = 128
    cycles.pixel_filter_type, cycles.filter_width = "BLACKMAN_HARRIS", 1.5
    cycles.use_auto_tile = False
    if hasattr(cycles, "use_light_tree"):
        cycles.use_light_tree = False
    choose_camera(args.scene, args.camera, width, height)
    light_world(args.environment, args.strength)
    return scene


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def render(scene, samples):
    scene.cycles.samples = samples
    scene.update_tag()
    wall, processor = time.perf_counter(), processor_seconds()
    bpy.ops.render.render()
    return time.perf_counter() - wall, processor_seconds() - processor


def main():
    args = arguments()
    load_scene(args.scene)
    flatten_without_interface(args.scene)
    darken_backs()
    empty_volumes()
    scene = set_up(args)
    setup = (0.0, 0.0) if args.no_warm_up else render(scene, 1)
    seconds, processor = render(scene, args.samples)
    bpy.data.images["Render Result"].save_render(os.path.abspath(args.out))
    triangles = 0
    for thing in scene.objects:
        if thing.type == "MESH":
            thing.data.calc_loop_triangles()
            triangles += len(thing.data.loop_triangles)
    result = {
        "seconds": seconds,
        "processorSeconds": processor,
        "setupSeconds": setup[0],
        "triangles": triangles,
        "blender": bpy.app.version_string,
    }
    print("\nCYCLES_RESULT " + json.dumps(result), flush=True)


# Blender goes on with exit code 0 after an exception in a script.
try:
    main()
except Exception as error:  # noqa: BLE001  (whatever it was, the caller must hear of it)
    import traceback

    traceback.print_exc()
    print("\nCYCLES_FAILED " + str(error), flush=True)
    sys.exit(1)
