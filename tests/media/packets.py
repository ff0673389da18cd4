"""XMP packets as different programs write them, of two people on one picture: Ann on the left, Bob on the right."""

from __future__ import annotations

from phototag.types import Box

ANN, BOB = Box(0.1, 0.2, 0.3, 0.6), Box(0.6, 0.2, 0.8, 0.6)

SPACES = """
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
    xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
    xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
    xmlns:MP="http://ns.microsoft.com/photo/1.2/"
    xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
    xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#"
    xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
    xmlns:digiKam="http://www.digikam.org/ns/1.0/"
    xmlns:tiff="http://ns.adobe.com/tiff/1.0/\""""


def rdf(inside: str) -> bytes:
    """A packet with these Descriptions."""
    return f"<rdf:RDF{SPACES}>{inside}</rdf:RDF>".encode()


def of(properties: str) -> bytes:
    """A packet with these properties."""
    return rdf(f'<rdf:Description rdf:about="">{properties}</rdf:Description>')


def mwg(*items: str, dimensions: str = "") -> bytes:
    """A packet with these regions."""
    inside = f"{dimensions}<mwg-rs:RegionList><rdf:Bag>{''.join(items)}</rdf:Bag></mwg-rs:RegionList>"
    return of(f'<mwg-rs:Regions rdf:parseType="Resource">{inside}</mwg-rs:Regions>')


def mwg_item(area: str, fields: str = "") -> str:
    """A region in the shortest form."""
    return f'<rdf:li rdf:parseType="Resource"><mwg-rs:Area {area}/>{fields}</rdf:li>'


def iptc(boundary: str, fields: str = "") -> bytes:
    """A packet with one region of IPTC."""
    bounds = f'<ext:RegionBoundary rdf:parseType="Resource">{boundary}</ext:RegionBoundary>'
    item = f'<rdf:li rdf:parseType="Resource">{bounds}{fields}</rdf:li>'
    return of(f"<ext:ImageRegion><rdf:Bag>{item}</rdf:Bag></ext:ImageRegion>")


ADOBE = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <!-- don't touch -->
  <rdf:Description rdf:about=""
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
    xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
    xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
   xmp:Label='a "red" &gt; one'
   tiff:Orientation="6">
   <dc:subject>
    <rdf:Bag>
     <rdf:li>Ann</rdf:li>
     <rdf:li>beach</rdf:li>
     <rdf:li>beach</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <mwg-rs:Regions rdf:parseType="Resource">
    <mwg-rs:AppliedToDimensions
     stDim:w="3144"
     stDim:h="2288"
     stDim:unit="pixel"/>
    <mwg-rs:RegionList>
     <rdf:Bag>
      <rdf:li>
       <rdf:Description
        mwg-rs:Rotation="0.00000"
        mwg-rs:Name="Ann"
        mwg-rs:Type="Face">
       <mwg-rs:Area
        stArea:h="0.40000"
        stArea:w="0.20000"
        stArea:x="0.20000"
        stArea:y="0.40000"/>
       </rdf:Description>
      </rdf:li>
      <rdf:li>
       <rdf:Description
        mwg-rs:Name="Rex"
        mwg-rs:Type="Pet">
       <mwg-rs:Area
        stArea:h="0.1"
        stArea:w="0.1"
        stArea:x="0.5"
        stArea:y="0.9"/>
       </rdf:Description>
      </rdf:li>
     </rdf:Bag>
    </mwg-rs:RegionList>
   </mwg-rs:Regions>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()
"""As Lightroom writes: structures as Descriptions with attributes. Ann, and a dog."""

EXIFTOOL = (
    """<?xpacket begin='\ufeff' id='W5M0MpCehiHzreSzNTczkc9d'?>
<x:xmpmeta xmlns:x='adobe:ns:meta/' x:xmptk='Image::ExifTool 12.76'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>

 <rdf:Description rdf:about=''
  xmlns:MP='http://ns.microsoft.com/photo/1.2/'
  xmlns:MPRI='http://ns.microsoft.com/photo/1.2/t/RegionInfo#'
  xmlns:MPReg='http://ns.microsoft.com/photo/1.2/t/Region#'>
  <MP:RegionInfo rdf:parseType='Resource'>
   <MPRI:Regions>
    <rdf:Bag>
     <rdf:li rdf:parseType='Resource'>
      <MPReg:PersonDisplayName>Ann</MPReg:PersonDisplayName>
      <MPReg:Rectangle>0.1, 0.2, 0.2, 0.4</MPReg:Rectangle>
     </rdf:li>
     <rdf:li rdf:parseType='Resource'>
      <MPReg:PersonDisplayName>somewhere</MPReg:PersonDisplayName>
     </rdf:li>
    </rdf:Bag>
   </MPRI:Regions>
  </MP:RegionInfo>
 </rdf:Description>

 <rdf:Description rdf:about=''
  xmlns:digiKam='http://www.digikam.org/ns/1.0/'>
  <digiKam:TagsList>
   <rdf:Seq>
    <rdf:li>People/Ann</rdf:li>
   </rdf:Seq>
  </digiKam:TagsList>
 </rdf:Description>
</rdf:RDF>
</x:xmpmeta>
""".encode()
    + b" " * 100
    + b"\n<?xpacket end='w'?>"
)
"""As exiftool and digiKam write: structures as resources, a Description for each namespace, padding."""

FLAT = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""/></rdf:RDF>'
"""All in one line, and nothing in it."""
